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
    static let counts = """
        select count(*) as total,
               count(*) filter (where state in ('completed', 'refused', 'cancelled', 'failed')) as closed,
               count(*) filter (where state = 'running') as running,
               count(*) filter (where state = 'pending' and coalesce(not_before > clock_timestamp(), false)) as later,
               count(*) filter (where state = 'pending' and not coalesce(not_before > clock_timestamp(), false)) as ready,
               coalesce(array_agg(waiting_for) filter (where state = 'waiting'), '{}') as waiting_gates,
               coalesce(array_agg(1::bigint) filter (where state = 'waiting'), '{}') as waiting_counts
        from dsr.subject_requests
        """

    static let snapshot = Statement(
        "count the queue",
        """
        select queue.*, (
            select count(*) from dsr.subject_requests
            where run_id = $1 and state in ('completed', 'refused', 'cancelled', 'failed')
        ) as closed_by_run
        from (\(counts)) as queue
        """
    )
}
