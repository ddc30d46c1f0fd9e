public import Foundation
import Postgres
public import SubjectRequests

extension Store {
    /// Counts the queue as it is now, and the rows that a run has closed.
    ///
    /// One statement, and so one snapshot: no row is counted twice or missed because it changes meanwhile. The cost does
    /// not depend on the number of closed requests.
    public func queueSnapshot(closedBy run: Int64) async throws -> (queue: QueueSnapshot, closedByRun: Int) {
        try await row(QueueStatements.snapshot, [run]) { row in
            (queue: try QueueSnapshot(row), closedByRun: try row.decode("closed_by_run"))
        }
    }
}

extension Store {
    /// The requests that a run has answered together with an equal one, by outcome.
    public func answeredTogether(by run: Int64) async throws -> [Outcome: Int] {
        let counts = try await rows(QueueStatements.answeredTogether, [run]) { row in
            (try row.decode("outcome", as: Outcome.self), try row.decode("count", as: Int.self))
        }
        return Dictionary(counts, uniquingKeysWith: +)
    }
}

/// Requests that a run has returned to the queue, all for one reason.
public struct ReturnedRequests: Sendable, Hashable {
    /// One sentence, free of personal data.
    public let reason: String
    /// How many requests.
    public let count: Int
    /// When the first of them may be claimed again; `nil` for now.
    public let notBefore: Date?
}

extension Store {
    /// The requests that a run has held last and has returned to the queue with a reason, most frequent reason first.
    public func returned(by run: Int64, limit: Int = 100) async throws -> [ReturnedRequests] {
        try await rows(QueueStatements.returned, [run, limit]) { row in
            ReturnedRequests(
                reason: try row.decode("reason"),
                count: try row.decode("count"),
                notBefore: try row.decode("not_before")
            )
        }
    }
}

extension QueueSnapshot {
    init(_ row: PostgresRow) throws {
        self.init()
        total = try row.decode("total")
        closed = try row.decode("closed")
        ready = try row.decode("ready")
        later = try row.decode("later")
        running = try row.decode("running")
        let gates = try row.decode("waiting_gates", as: [String].self).map(Gate.init(rawValue:))
        let counts = try row.decode("waiting_counts", as: [Int].self)
        waiting = Dictionary(
            zip(gates, counts).compactMap { gate, count in gate.map { ($0, count) } },
            uniquingKeysWith: +
        )
    }
}

enum QueueStatements {
    // Closed and running rows are counted as they change; see dsr.count_requests. Rows in other states are counted by
    // their partial indexes.
    static let counts = """
        select head.requests_closed + head.requests_running + new.count + pending.count + waiting.count as total,
               head.requests_closed as closed,
               head.requests_running as running,
               pending.later,
               new.count + pending.count - pending.later as ready,
               waiting.gates as waiting_gates,
               waiting.counts as waiting_counts
        from (select requests_closed, requests_running from dsr.evidence_head) as head, (
            select count(*) from dsr.subject_requests where state = 'pending' and admitted_at is null
        ) as new, (
            select count(*), count(*) filter (where not_before > clock_timestamp()) as later
            from dsr.subject_requests where state = 'pending' and admitted_at is not null
        ) as pending, (
            select coalesce(sum(gate.count), 0)::bigint as count, coalesce(array_agg(gate.name), '{}') as gates,
                   coalesce(array_agg(gate.count), '{}') as counts
            from (
                select waiting_for as name, count(*) from dsr.subject_requests where state = 'waiting' group by waiting_for
            ) as gate
        ) as waiting
        """

    static let answeredTogether = Statement(
        "count requests answered together",
        """
        select outcome, count(*) as count from dsr.subject_requests
        where run_id = $1 and state = 'completed' and answered_with is not null
        group by outcome
        """
    )

    static let returned = Statement(
        "read returned requests",
        """
        select reason, count(*) as count,
               case when bool_and(coalesce(not_before > clock_timestamp(), false)) then min(not_before) end as not_before
        from dsr.subject_requests
        where run_id = $1 and state = 'pending' and reason is not null
        group by reason
        order by count(*) desc, reason
        limit $2
        """
    )

    static let snapshot = Statement(
        "count the queue",
        """
        select queue.*, (
            select count(*) from dsr.subject_requests where run_id = $1 and dsr.is_closed(state)
        ) as closed_by_run
        from (\(counts)) as queue
        """
    )
}
