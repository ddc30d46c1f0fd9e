import Postgres
public import SubjectRequests

extension Store {
    /// Counts what an operator must settle, except missed rechecks, which only the run that drops them knows.
    public func attention() async throws -> Attention {
        try await row(AttentionStatements.count) { row in
            var attention = Attention()
            attention.overdue = try row.decode("overdue")
            attention.pastLastLawfulDate = try row.decode("past_last_lawful_date")
            attention.refusalsNotSent = try row.decode("refusals_not_sent")
            attention.refusalsLate = try row.decode("refusals_late")
            attention.holdsToReview = try row.decode("holds_to_review")
            attention.incidents = try row.decode("incidents")
            return attention
        }
    }
}

private enum AttentionStatements {
    // The month in which a person must be told that the controller does not act is never extended.
    static let count = Statement(
        "count what needs attention",
        """
        select
            count(*) filter (where open and answer_by < today) as overdue,
            count(*) filter (where open and latest_lawful < today) as past_last_lawful_date,
            count(*) filter (where not open) as refusals_not_sent,
            count(*) filter (where not open and notice_by < today) as refusals_late,
            (select count(*) from dsr.legal_holds h
             where h.released_at is null and h.review_on <= current_date
               and coalesce(h.expires_on >= current_date, true)) as holds_to_review,
            (select count(*) from dsr.incidents where closed_at is null) as incidents
        from (
            select answer_by, latest_lawful, notice_by, dsr.today(time_zone) as today, state <> 'refused' as open
            from dsr.subject_requests
            where (state in ('pending', 'waiting', 'running', 'failed') and answer_by is not null)
               or (state = 'refused' and refusal_ground is not null and refusal_told_on is null)
        ) r
        """
    )
}
