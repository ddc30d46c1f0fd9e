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
    // No time zone is more than a day ahead of UTC, so the bound on answer_by, which the indexes need, excludes no row that
    // is overdue in its own time zone. The month in which a subject must be told of a refusal is never extended.
    static let count = Statement(
        "count what needs attention",
        """
        select open.*, refused.*,
               (select count(*) from dsr.legal_holds h
                where h.released_at is null and h.review_on <= current_date
                  and coalesce(h.expires_on >= current_date, true)) as holds_to_review,
               (select count(*) from dsr.incidents where closed_at is null) as incidents
        from (
            select count(*) filter (where r.answer_by < dsr.today(r.time_zone)) as overdue,
                   count(*) filter (where r.latest_lawful < dsr.today(r.time_zone)) as past_last_lawful_date
            from \(OpenRequests.unanswered)
            where r.answer_by <= (now() at time zone 'UTC')::date + 1
        ) as open, (
            select count(*) as refusals_not_sent,
                   count(*) filter (where notice_by < dsr.today(time_zone)) as refusals_late
            from dsr.subject_requests
            where state = 'refused' and refusal_ground is not null and refusal_told_on is null
        ) as refused
        """
    )
}
