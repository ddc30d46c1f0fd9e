import Postgres

extension Store {
    /// What people should know at the end of a run, whoever's requests it is about.
    public struct Attention: Sendable, Hashable {
        /// Requests without an answer whose day to answer by is over, and those of which the latest lawful day is over too.
        public let overdue: Int, unlawfullyLate: Int
        /// Refusals of which the person is still to be told (Art. 12(4) GDPR), and those of which the month is over.
        public let refusalsToTell: Int, refusalsToldTooLate: Int
        /// Legal holds whose day of review has come.
        public let holdsToReview: Int
        /// People who are back after their erasure.
        public let incidents: Int
    }

    /// Counts it.
    public func attention() async throws(StoreError) -> Attention {
        let found = try await rows(AttentionStatements.count, []) { row throws(PostgresError) in
            Attention(
                overdue: try row.decode("overdue"),
                unlawfullyLate: try row.decode("late"),
                refusalsToTell: try row.decode("to_tell"),
                refusalsToldTooLate: try row.decode("too_late"),
                holdsToReview: try row.decode("holds"),
                incidents: try row.decode("incidents")
            )
        }
        guard let found = found.first else { throw StoreError(.statement, "the count returned no row") }
        return found
    }
}

private enum AttentionStatements {
    // The month in which a person must be told that the controller does not act is never extended.
    static let count = Statement(
        "count what needs attention",
        """
        select
            count(*) filter (where open and answer_by < today) as overdue,
            count(*) filter (where open and latest_lawful < today) as late,
            count(*) filter (where not open) as to_tell,
            count(*) filter (where not open and notice_by < today) as too_late,
            (select count(*) from dsr.legal_holds h
             where h.released_at is null and h.review_on <= current_date
               and coalesce(h.expires_on >= current_date, true)) as holds,
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
