import Postgres

/// Answers to requests, as a common table expression, and what is counted of them.
///
/// The replay of an erasure is no request of a customer, and is left out.
enum Answers {
    /// What a selection of answered rows says about each answer: the right, the outcome, and its days.
    ///
    /// The month in which a customer must be told of an extension or a refusal is the first one, and ends at notice_by; for
    /// every other answer it ends at the last lawful day. A kind that is not a right is the inserter's text, and stays out.
    ///
    /// - Parameters:
    ///   - completed: The condition on completed rows.
    ///   - told: The condition on refused rows whose customer was told; `nil` for none of them.
    static func table(completed: String, told: String? = nil) -> String {
        var arms = [
            """
            select kind, outcome as code, (finished_at at time zone coalesce(time_zone, 'UTC'))::date as answered_on,
                   (received_at at time zone coalesce(time_zone, 'UTC'))::date as received_on, latest_lawful as last_day,
                   case when extension_told_on is null then latest_lawful else notice_by end as first_month
            from dsr.subject_requests
            where state = 'completed' and replay_of is null and \(completed)
            """
        ]
        if let told {
            arms.append(
                """
                select kind, 'refused', refusal_told_on, (received_at at time zone coalesce(time_zone, 'UTC'))::date,
                       notice_by, notice_by
                from dsr.subject_requests
                where state = 'refused' and replay_of is null and \(told)
                """
            )
        }
        return arms.joined(separator: "\nunion all\n")
    }

    /// The columns of a ``Timeliness``, of the table `answer`.
    static let timeliness = """
        count(*) as answered,
        count(*) filter (where answered_on <= first_month) as one_month,
        count(*) filter (where answered_on <= greatest(last_day, (received_on + interval '3 months')::date)) as three_months,
        count(*) filter (where answered_on > last_day) as late,
        percentile_disc(0.5) within group (order by answered_on - received_on)::int as median_days
        """

    /// The code of a row's right; `null` for one that names none.
    static let right = "case when kind in ('access', 'portability', 'rectification', 'erasure') then kind end"
}
