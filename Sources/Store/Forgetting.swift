import Postgres
import SubjectRequests

extension Store {
    /// Deletes what is kept about customers outside the evidence log, where the time has come that was told to them: the
    /// answer was that Talon.One does not know them. After an erasure the customer's earlier requests are included.
    ///
    /// - Returns: The number of requests whose identifier was deleted.
    @discardableResult
    public func forgetUnknownCustomers(run: Int64) async throws -> Int {
        var forgotten = 0
        while true {
            let count = try await transaction { connection in
                try connection.query(AdvisoryLock.forgetting.take)
                return try connection.query(ForgettingStatements.forget, run, ForgettingStatements.groupSize)[0]
                    .decode("forgotten", as: Int.self)
            }
            forgotten += count
            guard count >= ForgettingStatements.groupSize else { return forgotten }
        }
    }
}

enum ForgettingStatements {
    static let groupSize = 500

    /// Parts of a WITH clause that delete the identifiers of the closed requests in `same_subject (id)`, and all that leads
    /// to them outside the log. `forgotten` returns the requests.
    static let parts = """
        forgotten as (
            -- Whether an earlier deletion was carried out is settled too: the read-back found nothing.
            update dsr.subject_requests q
            set integration_id = null, requested_by = null, changes = null, may_have_acted = false
            from same_subject s
            where q.id = s.id and dsr.is_closed(q.state)
            returning q as request, q.id
        ), reasons_deleted as (
            update dsr.decisions d set reason = '(deleted with the erasure)'
            from same_subject s
            where d.request_id = s.id and d.reason is not null
        ), salts_deleted as (
            delete from dsr.request_salts x using same_subject s where x.request_id = s.id
        ), digests_deleted as (
            delete from dsr.earlier_digests x using same_subject s where x.request_id = s.id
        ), contents_deleted as (
            update dsr.reports x set content = null
            from same_subject s
            where x.request_id = s.id and x.delivered_at is not null
        )
        """

    // What arrived after the answer is not a part of it.
    static let forget = Statement(
        "delete identifiers of unknown customers",
        """
        with due as materialized (
            select id, integration_id, kind, finished_at from dsr.subject_requests
            where forget_at <= clock_timestamp() and integration_id is not null
            order by forget_at
            limit $2
        ), same_subject as materialized (
            select id from due
            union
            select other.id
            from due join dsr.subject_requests other on other.integration_id = due.integration_id
            where due.kind = 'erasure' and dsr.is_closed(other.state) and other.finished_at <= due.finished_at
        ), \(parts), entries as (
            select json_agg(dsr.leaf('forgotten', request) order by id) as list from forgotten
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1) from entries
        )
        select (select count(*) from due) as forgotten where exists (select from log)
        """
    )
}
