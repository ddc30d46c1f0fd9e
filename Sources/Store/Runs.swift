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
        try await !query(RunStatements.renew, [run, lease.milliseconds], deadline: deadline).isEmpty
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
        try await transaction { connection in
            try connection.query(RunStatements.lock, run)
            return try connection.query(RunStatements.returnOrphans, run)[0].decode("returned")
        }
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
        let parameters: [any PostgresEncodable] =
            [
                run, reason, PostgresJSON(String(decoding: report, as: UTF8.self)), erasures, wasBraked, lookups.known,
                lookups.unknown,
            ]
            + RunStatements.documents.parameters(documents)
        try await transaction { connection in
            try connection.query(RunStatements.lock, run)
            try connection.query(RunStatements.returnOrphans, run)
            try connection.query(RunStatements.end, parameters: parameters)
        }
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
        with run as (
            insert into dsr.runs (host, pid, version, environment, actor, scope, lease_until)
            select i.host, i.pid, i.version, i.environment, i.actor, i.scope,
                   clock_timestamp() + $1::bigint * interval '1 millisecond'
            from \(identity.source("i"))
            returning id
        )
        select run.id, queue.* from run, (\(QueueStatements.counts)) as queue
        """
    )

    static let renew = Statement(
        "renew the lease",
        """
        update dsr.runs set lease_until = clock_timestamp() + $2::bigint * interval '1 millisecond'
        where id = $1 and ended_at is null and lease_until > clock_timestamp()
        returning id
        """
    )

    static let others = Statement(
        "look for other runs at work",
        """
        select o.id, o.lease_until from dsr.runs o
        where o.ended_at is null and o.id <> $1
          and exists (select from dsr.subject_requests r where r.run_id = o.id and r.state = 'running')
        order by o.id
        """
    )

    // Stronger than the lock that a claim takes on the run's row until its commit.
    static let lock = Statement("lock a run", "select id from dsr.runs where id = $1 for update")

    static let returnOrphans = Statement(
        "return orphaned requests",
        """
        with hit as (
            update dsr.subject_requests r set
                state = 'pending',
                may_have_acted = r.may_have_acted or dsr.deletion_was_announced(r.id, r.claim_no)
            where r.run_id = $1 and r.state = 'running'
            returning r as request, r.id, r.claim_no
        ), entries as (
            select json_agg(
                dsr.leaf('returned', request, jsonb_build_object('claim', claim_no, 'state', 'pending')) order by id
            ) as list
            from hit
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1) from entries
        )
        select count(*) as returned from hit where exists (select from log)
        """
    )

    static let documents = ParameterTable<Document>(
        from: 8,
        [
            .init("file_name", "text") { $0.fileName },
            .init("media_type", "text") { $0.mediaType },
            .init("sha256", "bytea") { $0.sha256 },
            .init("content", "bytea") { $0.content },
        ]
    )

    // Sent twice, it ends the run once.
    static let end = Statement(
        "end a run",
        """
        with ended as (
            update dsr.runs
            set ended_at = clock_timestamp(), end_reason = $2, counts = $3::json, erasures = $4, was_braked = $5,
                known = $6, unknown = $7
            where id = $1 and ended_at is null
        )
        insert into dsr.reports (run_id, file_name, media_type, sha256, byte_count, content)
        select $1, d.file_name, d.media_type, d.sha256, octet_length(d.content), d.content
        from \(documents.source("d"))
        on conflict (file_name) do nothing
        """
    )
}
