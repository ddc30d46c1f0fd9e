/// Requests that have no answer yet, as an item of a FROM clause.
enum OpenRequests {
    /// Admitted rows that are pending, waiting, running or failed.
    ///
    /// One arm for each partial index. Running rows are found through their runs, since there is no index on them; see
    /// `0001_queue.sql`.
    static let unanswered = "(\(queued) union all \(running) union all \(state("failed"))) as r"

    /// Admitted rows that are pending, waiting or running.
    static let inProgress = "(\(queued) union all \(running)) as r"

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
