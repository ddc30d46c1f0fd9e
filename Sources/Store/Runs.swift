public import Foundation
import Postgres
public import SubjectRequests

/// The facts about a run, for its row and its log entries.
public struct RunIdentity: Sendable {
    /// Host name, process id, dsr's version.
    public let host: String, processID: Int32, version: String
    /// The environment the run works on.
    public let environment: Environment
    /// The user or scheduler that started it, for example a user name, or `cron`.
    public let actor: String
    /// The requests that it processes.
    public let scope: Scope

    /// The identity of one execution.
    public init(
        host: String,
        processID: Int32,
        version: String,
        environment: Environment,
        actor: String,
        scope: Scope = .all
    ) {
        self.host = host
        self.processID = processID
        self.version = version
        self.environment = environment
        self.actor = actor
        self.scope = scope
    }
}

/// Another run that holds requests.
public struct RunAtWork: Sendable, Hashable {
    /// Its number.
    public let id: Int64
    /// When its lease expires, by the database's clock. It moves while the run is alive.
    public let leaseUntil: Date

    /// A run and its lease.
    public init(id: Int64, leaseUntil: Date) {
        self.id = id
        self.leaseUntil = leaseUntil
    }
}

extension Store {
    /// Begins a run and counts the queue at that instant.
    public func beginRun(_ identity: RunIdentity, lease: Duration) async throws -> (run: Int64, queue: QueueSnapshot) {
        try await row(
            RunStatements.begin,
            [lease.milliseconds] + RunStatements.identity.parameters([identity])
        ) { row in (run: try row.decode("id"), queue: try QueueSnapshot(row)) }
    }

    /// Renews the lease, by the database's clock.
    ///
    /// - Parameter deadline: The timeout of the statement.
    /// - Returns: `false` where the lease had expired: the run must stop claiming.
    public func renewLease(run: Int64, lease: Duration, deadline: Duration? = nil) async throws -> Bool {
        try await query(RunStatements.renew, [run, lease.milliseconds], deadline: deadline)[0]
            .decode("run", as: Int64?.self) != nil
    }

    /// Other runs that hold requests.
    public func otherRunsAtWork(excluding run: Int64) async throws -> [RunAtWork] {
        try await rows(RunStatements.others, [run]) { row in
            RunAtWork(id: try row.decode("id"), leaseUntil: try row.decode("lease_until"))
        }
    }

    /// Returns to the queue what a run holds without knowing it: a claim whose connection broke can be committed long
    /// after the run has looked for it. Waits for such claims; called when the run holds nothing that it knows of.
    ///
    /// - Returns: The number of requests.
    @discardableResult
    public func returnOrphans(of run: Int64) async throws -> Int {
        try await row(RunStatements.returnOrphans, [run]) { row in try row.decode("returned") }
    }

    /// Ends a run, with what it holds without knowing it. Idempotent.
    ///
    /// - Parameters:
    ///   - report: The run report as JSON.
    ///   - erasures: Erasures that it carried out. With `wasBraked`, whether it held others back, that is what the brake
    ///     of later runs compares with.
    ///   - lookups: Requests whose customer was known, and unknown without a ticket that allows it.
    ///   - documents: The documents about the run.
    public func endRun(
        _ run: Int64,
        reason: String,
        report: Data = Data("{}".utf8),
        erasures: Int = 0,
        wasBraked: Bool = false,
        lookups: UnknownBrake.Lookups = .init(),
        documents: [Document] = []
    ) async throws {
        let parameters =
            [
                run, reason, PostgresJSON(String(decoding: report, as: UTF8.self)), erasures, wasBraked, lookups.known,
                lookups.unknown,
            ]
            + RunStatements.documents.parameters(documents)
        try await query(RunStatements.end, parameters)
    }
}

extension Scope {
    /// The scope as the run's row has it.
    fileprivate var column: String {
        switch self {
        case .all: "all"
        case .only: "one"
        case .replays: "replays"
        }
    }
}

private enum RunStatements {
    static let identity = ParameterTable<RunIdentity>(
        from: 2,
        [
            .init("host", "text") { $0.host },
            .init("pid", "int") { $0.processID },
            .init("version", "text") { $0.version },
            .init("environment", "text") { $0.environment.rawValue },
            .init("actor", "text") { $0.actor },
            .init("scope", "text") { $0.scope.column },
        ]
    )

    static let begin = Statement(
        "begin a run",
        """
        with run as materialized (
            select dsr.begin_run($1::bigint, i.host, i.pid, i.version, i.environment, i.actor, i.scope) as id
            from \(identity.source("i"))
        )
        select run.id, queue.* from run, (\(QueueStatements.counts)) as queue
        """
    )

    static let renew = Statement("renew the lease", "select dsr.renew_lease($1, $2::bigint) as run")

    static let others = Statement(
        "look for other runs at work",
        """
        select o.id, o.lease_until from dsr.runs o
        where o.ended_at is null and o.id <> $1
          and exists (select from dsr.subject_requests r where r.run_id = o.id and r.state = 'running')
        order by o.id
        """
    )

    static let returnOrphans = Statement(
        "return orphaned requests",
        "select dsr.return_orphans($1) as returned"
    )

    static let documents = ParameterTable<Document>(
        from: 8,
        [
            .init("request_id", "bigint") { _ in Int64?.none },
            .init("file_name", "text") { $0.fileName },
            .init("media_type", "text") { $0.mediaType },
            .init("sha256", "bytea") { $0.sha256 },
            .init("content", "bytea") { $0.content },
        ]
    )

    static let end = Statement(
        "end a run",
        """
        select dsr.end_run(
            $1, $2, $3::json, $4::int, $5::bool, $6::int, $7::int, \(documents.array(of: "dsr.new_document")))
        """
    )
}
