import Foundation
import Postgres
import Store
import SubjectRequests
import TestEnvironment
import ThrowawayPostgres

/// A database of a test's own on the process's one server: a store, and a bare connection beside it for looking
/// and for what no store would do.
struct Database: Sendable {
    private static let server = Task { try await ThrowawayPostgres.start(settings: ["max_connections": "400"]) }

    let connectionString: String
    let store: Store
    let raw: PostgresConnection

    /// A database with the current schema.
    static func fresh() async throws -> Database {
        let database = try await empty()
        _ = try await database.store.migrate()
        // The names of documents are the same in every test.
        try await database.run("update dsr.deployment set database_id = '000000'")
        return database
    }

    /// A database without a schema.
    static func empty() async throws -> Database {
        let string = try await server.value.createDatabase()
        return Database(
            connectionString: string,
            store: try await Store.connect(.unhurried(string)),
            raw: try await connect(string)
        )
    }

    private static func connect(_ string: String) async throws -> PostgresConnection {
        try await PostgresConnection.connect(.unhurried(string))
    }

    /// Another connection to the same database.
    func connection() async throws -> PostgresConnection {
        try await Self.connect(connectionString)
    }

    /// A connection as somebody else, over which what was inserted over ``store`` can be approved.
    func approving() async throws -> PostgresConnection {
        try await run(
            """
            do $$ begin
                create role approver superuser login;
            exception when duplicate_object or unique_violation then null;
            end $$
            """
        )
        let string = connectionString.replacing("user=postgres", with: "user=approver")
        return try await Self.connect(string)
    }

    /// Another process's store, as it were.
    func anotherStore() async throws -> Store {
        try await Store.connect(.unhurried(connectionString))
    }
}

/// Looking and meddling by SQL.
extension Database {
    /// Runs a statement of one or more commands.
    func run(_ script: String) async throws {
        try await raw.run(script: script, named: "test")
    }

    /// The one column of a query, as text.
    func texts(_ sql: String, _ parameters: any PostgresEncodable...) async throws -> [String?] {
        let statement = Statement("look", "select v::text as v from (\(sql)) as x (v)")
        var texts: [String?] = []
        for row in try await raw.query(statement, parameters: parameters) {
            texts.append(try row.decode("v", as: String?.self))
        }
        return texts
    }

    /// The one value of a query, as text.
    func text(_ sql: String, _ parameters: any PostgresEncodable...) async throws -> String? {
        let statement = Statement("look", "select v::text as v from (\(sql)) as x (v)")
        return try await raw.query(statement, parameters: parameters).first?.decode("v", as: String?.self)
    }

    /// The one number of a query.
    func number(_ sql: String) async throws -> Int? {
        try await text(sql).flatMap { Int($0) }
    }

    /// A column of one request, as text.
    func column(_ name: String, of request: Int64) async throws -> String? {
        try await text("select \(name) from dsr.subject_requests where id = $1", request)
    }

    /// Waits until this many statements in this database wait for a lock.
    func waitUntilBlocked(_ count: Int) async throws {
        try await waitUntil("\(count) blocked statements") {
            try await number(
                """
                select count(*) from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'
                """
            ) == count
        }
    }
}

/// The steps of a request's life, as short as tests want them.
extension Database {
    /// Begins a run.
    func begin(lease: Duration = .seconds(3_600)) async throws -> Int64 {
        try await store.beginRun(
            RunIdentity(host: "host", processID: 1, version: "1.0", environment: .sandbox, actor: "tests"),
            lease: lease
        ).run
    }

    /// Lets a run's lease pass.
    func lapse(_ run: Int64) async throws {
        try await self.run(
            "update dsr.runs set lease_until = clock_timestamp() - interval '1 second' where id = \(run)"
        )
    }

    /// Puts a request into the queue.
    @discardableResult
    func submit(
        _ right: Right,
        _ subject: String,
        receivedAt: Date? = nil,
        ticket: String? = nil,
        requestedBy: String? = "intake",
        channel: String? = nil
    ) async throws -> Int64 {
        try await store.submit(
            Submission(
                right: right,
                subject: try SubjectID(subject),
                receivedAt: receivedAt,
                ticket: ticket,
                requestedBy: requestedBy,
                channel: channel,
                changes: right == .rectification ? try RequestedChanges(json: #"{"Name":"Ada"}"#) : nil
            )
        )
    }

    /// Inserts a request for each of the customers `customer-1` to `customer-n`, as an intake system does.
    func submit(_ right: Right, customers count: Int) async throws {
        try await run(
            """
            insert into dsr.subject_requests (kind, integration_id)
            select '\(right.rawValue)', 'customer-' || n from generate_series(1, \(count)) n
            """
        )
    }

    /// Admits all that is new.
    @discardableResult
    func admit(_ run: Int64, gates: GateRules = GateRules()) async throws -> AdmissionCounts {
        let rows = try await store.newRequests(after: 0, limit: 10_000)
        return try await store.admit(Self.verdicts(on: rows, gates: gates), by: .run(run))
    }

    /// What admission decides about rows, each with fresh salt.
    static func verdicts(on rows: [NewRequest], gates: GateRules = GateRules()) -> [AdmittedRequest] {
        let admission = Admission(deadlines: DeadlineRules(zone: .gmt), gates: gates)
        return rows.map { row in
            let salt = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) })
            return AdmittedRequest(admission.verdict(on: row), on: row, salt: salt)
        }
    }

    /// Puts a request into the queue and admits it.
    func ready(_ right: Right, _ subject: String, run: Int64) async throws -> Int64 {
        let id = try await submit(right, subject)
        try await admit(run)
        return id
    }

    /// Claims all that is ready.
    func claim(_ run: Int64, limit: Int = 10_000) async throws -> [SubjectRequest] {
        try await store.claim(ClaimQuery(limit: limit, scope: .all), run: run).requests
    }

    /// Claims one request.
    func claim(only request: Int64, run: Int64) async throws -> SubjectRequest? {
        try await store.claim(ClaimQuery(limit: 1, scope: .only(request)), run: run).requests.first
    }

    /// The next undelivered document.
    func nextUndelivered(after id: Int64, request: Int64? = nil) async throws -> StoredDocument? {
        try await store.undelivered(after: id, request: request, count: 1, bytes: 1).first
    }
}

/// A claimed request that a test knows by its number.
func held(_ id: Int64, _ right: Right = .access, claim: Int = 1, failures: Int = 0) throws -> SubjectRequest {
    SubjectRequest(
        claim: Claim(request: id, number: claim, failures: failures),
        right: right,
        subject: try SubjectID("customer"),
        receivedAt: Date(),
        answerBy: .earliest
    )
}

/// The resolution that completes a claimed request.
func completion(of request: SubjectRequest, documents: [Document] = []) -> Resolution {
    var resolution =
        switch request.right {
        case .access, .portability: request.completed(.exported(documents))
        case .rectification: request.completed(.rectified(attributes: []))
        case .erasure: request.completed(.erased(documents, nil))
        }
    resolution.calls = 1
    return resolution
}

extension AdmissionCounts {
    /// The three numbers.
    var readyWaitingRefused: [Int] { [ready, waiting, refused] }
}
