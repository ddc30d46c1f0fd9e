public import Foundation
import Postgres
public import SubjectRequests

extension Store {
    /// Who runs, for the run's row and its leaves.
    public struct RunIdentity: Sendable {
        /// Host name, process id, dsr's version.
        public let host: String, processID: Int32, version: String
        /// `live` or `sandbox`.
        public let environment: String
        /// Who or what started it: a user name, or `cron`.
        public let actor: String
        /// What it was started for.
        public let scope: RunScope

        /// The identity of one execution.
        public init(
            host: String,
            processID: Int32,
            version: String,
            environment: String,
            actor: String,
            scope: RunScope = .all
        ) {
            self.host = host
            self.processID = processID
            self.version = version
            self.environment = environment
            self.actor = actor
            self.scope = scope
        }
    }

    /// What a run was started for.
    public enum RunScope: String, Sendable, Hashable {
        /// The whole queue.
        case all
        /// One request.
        case one
        /// Erasures that are to be repeated.
        case replays
    }

    /// How many rows the queue holds in total, and how many of them are open, at one point of the evidence.
    public struct QueueSize: Sendable, Hashable {
        /// All rows ever, and those that are pending, waiting or running.
        public let total: Int, open: Int
    }

    /// Begins a run and counts the queue at that point.
    public func beginRun(_ identity: RunIdentity, lease: Duration) async throws(StoreError) -> (
        id: Int64, queue: QueueSize
    ) {
        try await transaction { connection in
            // Every statement that ends a request holds this lock until its commit, so the counts taken
            // after it are of one point: nothing is half in and half out.
            try connection.query(RunStatements.lockHead)
            let rows = try connection.query(
                RunStatements.begin,
                identity.host,
                identity.processID,
                identity.version,
                identity.environment,
                identity.actor,
                lease.milliseconds,
                identity.scope.rawValue
            )
            let row = rows[rows.startIndex]
            return (
                try row.decode("id"),
                QueueSize(total: try row.decode("total"), open: try row.decode("open"))
            )
        }
    }

    /// Renews the lease by the database's clock.
    ///
    /// - Parameter deadline: How long it may take.
    /// - Returns: `false` where the lease had already passed: the run must stop claiming.
    public func renewLease(run: Int64, lease: Duration, deadline: Duration? = nil) async throws(StoreError) -> Bool {
        try await !query(RunStatements.renew, [run, lease.milliseconds], deadline: deadline).isEmpty
    }

    /// Runs that a request may cost before it is set aside.
    public static let lossesAllowed = 3

    /// Returns to the queue what dead runs held, and ends those runs. A request that has cost ``lossesAllowed`` runs is set
    /// aside as failed: something about it kills them.
    ///
    /// - Returns: How many rows came back, and how many were set aside.
    public func rescue(run: Int64) async throws(StoreError) -> (returned: Int, setAside: Int) {
        try await rows(RunStatements.rescue, [run, Self.lossesAllowed]) { row throws(PostgresError) in
            (returned: try row.decode("returned", as: Int.self), setAside: try row.decode("set_aside", as: Int.self))
        }.first ?? (0, 0)
    }

    /// Another run that holds requests at this moment.
    public struct RunAtWork: Sendable, Hashable {
        /// Its number.
        public let id: Int64
        /// Until when its lease lasts, by the database's clock. It moves while the run is alive.
        public let leaseUntil: Date
    }

    /// Other runs that hold requests and whose lease lasts.
    public func otherRunsAtWork(besides run: Int64) async throws(StoreError) -> [RunAtWork] {
        try await rows(RunStatements.others, [run]) { row throws(PostgresError) in
            RunAtWork(id: try row.decode("id"), leaseUntil: try row.decode("lease_until"))
        }
    }

    /// Ends a run.
    ///
    /// - Parameters:
    ///   - counts: The run report as JSON.
    ///   - erasures: Erasures that it carried out, and whether it held others back: what later runs are measured by.
    public func endRun(
        _ run: Int64,
        reason: String,
        counts: Data = Data("{}".utf8),
        erasures: Int = 0,
        wasBraked: Bool = false,
        documents: [StoredDocument] = []
    ) async throws(StoreError) {
        _ = try await query(
            RunStatements.end,
            [
                run, reason, PostgresJSON(String(decoding: counts, as: UTF8.self)), erasures, wasBraked,
                documents.map(\.fileName), documents.map(\.mediaType), documents.map(\.sha256),
                documents.map(\.content),
            ]
        )
    }

    /// How the queue stands at one point, seen from a run.
    public struct Standing: Sendable {
        /// Rows ever; rows that are final by whichever run.
        public var total = 0, final = 0
        /// Final rows of this run: completed by outcome, refused, failed.
        public var completed: [Outcome: Int] = [:], refused = 0, failed = 0
        /// Open rows: waiting by reason, to be tried later, ready but not worked, held by other runs or this one.
        public var waiting: [String: Int] = [:], later = 0, ready = 0, running = 0
    }

    /// Counts the queue as it stands now.
    public func standing(run: Int64) async throws(StoreError) -> Standing {
        var standing = Standing()
        let rows = try await transaction { connection in
            try connection.query(RunStatements.lockHead)
            return try connection.query(RunStatements.standing, run)
        }
        do throws(PostgresError) {
            for row in rows {
                let count = try row.decode("count", as: Int.self)
                let mine = try row.decode("mine", as: Bool.self)
                standing.total += count
                switch RequestState(rawValue: try row.decode("state")) {
                case .completed:
                    standing.final += count
                    let outcome = try row.decode("outcome", as: String?.self).flatMap(Outcome.init(rawValue:))
                    if mine, let outcome { standing.completed[outcome, default: 0] += count }
                case .refused:
                    standing.final += count
                    if mine { standing.refused += count }
                case .failed:
                    standing.final += count
                    if mine { standing.failed += count }
                case .cancelled:
                    standing.final += count
                case .waiting:
                    standing.waiting[try row.decode("waiting_for"), default: 0] += count
                case .running:
                    standing.running += count
                case .pending, nil:
                    if try row.decode("later", as: Bool.self) {
                        standing.later += count
                    } else {
                        standing.ready += count
                    }
                }
            }
        } catch {
            throw StoreError(error)
        }
        return standing
    }
}

private enum RunStatements {
    static let lockHead = Statement("lock the log's head", "select size from dsr.evidence_head for update")

    static let begin = Statement(
        "begin a run",
        """
        with run as (
            insert into dsr.runs (host, pid, version, environment, actor, lease_until, scope)
            values ($1, $2, $3, $4, $5, clock_timestamp() + $6::bigint * interval '1 millisecond', $7)
            returning id
        )
        select run.id,
            (select count(*) from dsr.subject_requests) as total,
            (select count(*) from dsr.subject_requests where state in ('pending', 'waiting', 'running')) as open
        from run
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

    // One statement: the dead run's row is locked first, which also decides the race with a late heartbeat, and
    // a row is returned only as long as the dead run still holds it. What was announced to be erased may have been erased.
    static let rescue = Statement(
        "rescue requests",
        """
        with dead as materialized (
            select id from dsr.runs
            where ended_at is null and lease_until < clock_timestamp()
            for update skip locked
        ), lost as (
            update dsr.subject_requests r set
                state = case when r.losses + 1 >= $2 then 'failed' else 'pending' end,
                losses = r.losses + 1,
                may_have_acted = r.may_have_acted or exists (
                    select from dsr.evidence_leaves l join dsr.evidence_payloads p using (index)
                    where l.request_id = r.id
                      and convert_from(p.payload, 'UTF8')::json ->> 'action' = 'delete_customer_data'
                      and (convert_from(p.payload, 'UTF8')::json ->> 'claim')::int = r.claim_no
                ),
                outcome = null,
                run_id = case when r.losses + 1 >= $2 then $1 else r.run_id end,
                reason = case when r.losses + 1 >= $2
                    then format('%s runs died while they worked it, the last of them with nothing else in work.', r.losses + 1)
                    else r.reason end,
                finished_at = case when r.losses + 1 >= $2 then clock_timestamp() end
            from dead
            where r.state = 'running' and r.run_id = dead.id
            returning r.id, r.kind, r.claim_no, r.state, r.ticket, r.subject_commitment
        ), entries as (
            select json_agg(e.entry order by e.id, e.place) as list
            from lost, lateral (values
                (lost.id, 1, json_build_object(
                    'event', 'lease_lost', 'request', id, 'right', kind, 'claim', claim_no, 'ticket', ticket,
                    'subject', encode(subject_commitment, 'hex'))),
                (lost.id, 2, case when state = 'failed' then json_build_object(
                    'event', 'set_aside', 'request', id, 'right', kind, 'state', state, 'ticket', ticket,
                    'subject', encode(subject_commitment, 'hex')) end)
            ) as e (id, place, entry)
            where e.entry is not null
        ), closed as (
            update dsr.runs r set ended_at = clock_timestamp(), end_reason = 'lease lost'
            from dead where r.id = dead.id
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1) from entries
        )
        select count(*) filter (where state = 'pending') as returned,
               count(*) filter (where state = 'failed') as set_aside
        from lost where exists (select from log)
        """
    )

    static let others = Statement(
        "look for other runs at work",
        """
        select o.id, o.lease_until from dsr.runs o
        where o.ended_at is null and o.id <> $1
          and exists (select from dsr.subject_requests r where r.state = 'running' and r.run_id = o.id)
        order by o.id
        """
    )

    // Sent twice, it ends the run once.
    static let end = Statement(
        "end a run",
        """
        with ended as (
            update dsr.runs
            set ended_at = clock_timestamp(), end_reason = $2, counts = $3::json, erasures = $4, was_braked = $5
            where id = $1 and ended_at is null
        )
        insert into dsr.reports (run_id, file_name, media_type, sha256, byte_count, content)
        select $1, d.file_name, d.media_type, d.sha256, octet_length(d.content), d.content
        from unnest($6::text[], $7::text[], $8::bytea[], $9::bytea[]) as d (file_name, media_type, sha256, content)
        on conflict (file_name) do nothing
        """
    )

    static let standing = Statement(
        "count the queue",
        """
        select state, outcome, waiting_for,
               coalesce(run_id = $1, false) as mine,
               coalesce(not_before > clock_timestamp(), false) as later, count(*) as count
        from dsr.subject_requests
        group by 1, 2, 3, 4, 5
        """
    )
}
