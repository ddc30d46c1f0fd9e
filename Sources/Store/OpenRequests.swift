/// Requests that have no answer yet, as an item of a FROM clause.
enum OpenRequests {
    /// Admitted rows that are pending, waiting, running or failed.
    ///
    /// One arm for each partial index. Running rows are found through their runs, since there is no index on them; see
    /// `0001_queue.sql`.
    static let unanswered = "(\(queued) union all \(running) union all \(state("failed"))) as r"

    /// Admitted rows that are pending, waiting or running.
    static let inProgress = "(\(queued) union all \(running)) as r"

    /// Rows that need action: failed, refused and the customer not told, waiting for a gate of the list `gates`, or
    /// overdue. A malformed row can be neither told nor retried, so it needs action for a month after its refusal.
    static func needingAction(gates: String) -> String {
        """
        (
            \(state("failed"))
            union all
            select r.* from dsr.subject_requests r
            where r.state = 'refused' and r.refusal_ground is not null and r.refusal_told_on is null
            union all
            select r.* from dsr.subject_requests r
            where r.state = 'refused' and r.refusal_ground is null
              and r.finished_at > clock_timestamp() - interval '1 month'
            union all
            select r.* from \(inProgress)
            where r.waiting_for = any (\(gates)) or r.answer_by < dsr.today(r.time_zone)
        ) as r
        """
    }

    private static let queued = """
        select r.* from dsr.subject_requests r where r.state = 'pending' and r.admitted_at is not null
        union all \(state("waiting"))
        """

    private static let running = """
        select r.* from dsr.runs o join dsr.subject_requests r on r.run_id = o.id and r.state = 'running'
        where o.ended_at is null
        """

    private static func state(_ state: String) -> String {
        "select r.* from dsr.subject_requests r where r.state = '\(state)'"
    }
}
