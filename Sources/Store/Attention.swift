import Postgres
public import SubjectRequests

/// A request that an operator must act on, or that waits for one.
public struct PendingAction: Sendable {
    /// The request.
    public let request: RequestSummary
    /// Days since its receipt.
    public let ageDays: Int
    /// The date by which the customer must be answered, or told of a refusal; `nil` for a malformed row.
    public let due: CivilDate?
    /// Whether that date is past.
    public let isOverdue: Bool
    /// Whether the wait is routine: it needs action only once it takes long.
    public let isRoutine: Bool
}

/// Requests that a brake holds back.
public struct HeldBackRequests: Sendable {
    /// The brake's gate.
    public let gate: Gate
    /// How many there are, and the age of the oldest.
    public let count: Int, ageDays: Int
    /// The earliest date by which a customer must be answered.
    public let due: CivilDate?
}

/// All requests that an operator must act on, or that wait for one. Those that a brake holds back are one group.
public struct PendingActions: Sendable {
    /// The requests: first those that need action, earliest date first.
    public var requests: [PendingAction] = []
    /// How many need action, and how many wait by routine, whatever the limit of the list.
    public var needingAction = 0, routine = 0
    /// Requests that the brakes hold back.
    public var heldBack: [HeldBackRequests] = []
}

/// A legal hold whose review date has come.
public struct HoldReview: Sendable {
    /// Its number.
    public let id: Int64
    /// Days since it was placed.
    public let ageDays: Int
    /// The review date.
    public let reviewOn: CivilDate
}

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

    /// Requests that an operator must act on or that wait for one, in all states and of all runs.
    ///
    /// - Parameters:
    ///   - days: A routine wait needs action when its request is older than this,
    ///   - atRisk: or when it must be answered within this many days.
    public func pendingActions(after days: Int, atRisk: Int, limit: Int) async throws -> PendingActions {
        let gates = Gate.allCases.filter { $0.needsAction && !Gate.collective.contains($0) }
        let found = try await rows(
            AttentionStatements.requests,
            [gates.map(\.rawValue), gates.filter(\.isRoutine).map(\.rawValue), days, atRisk, limit]
        ) { row in
            (
                action: PendingAction(
                    request: try RequestSummary(row),
                    ageDays: try row.decode("age_days"),
                    due: try row.decode("due"),
                    isOverdue: try row.decode("is_overdue"),
                    isRoutine: try row.decode("is_routine")
                ), needingAction: try row.decode("needing_action", as: Int.self),
                routine: try row.decode("routine", as: Int.self)
            )
        }
        let heldBack = try await rows(AttentionStatements.heldBack, [Gate.collective.map(\.rawValue)]) { row in
            HeldBackRequests(
                gate: try row.decode("gate"),
                count: try row.decode("count"),
                ageDays: try row.decode("age_days"),
                due: try row.decode("due")
            )
        }
        return PendingActions(
            requests: found.map(\.action),
            needingAction: found.first?.needingAction ?? 0,
            routine: found.first?.routine ?? 0,
            heldBack: heldBack
        )
    }

    /// Legal holds whose review date has come, earliest first.
    public func holdsToReview(limit: Int) async throws -> [HoldReview] {
        try await rows(AttentionStatements.holds, [limit]) { row in
            HoldReview(
                id: try row.decode("id"),
                ageDays: try row.decode("age_days"),
                reviewOn: try row.decode("review_on")
            )
        }
    }

    /// The numbers of requests that a run answered after the last lawful date, and of erasures without a ticket, for which
    /// nothing tells any more whom they were about.
    public func notableAnswers(by run: Int64) async throws -> (late: Int, withoutTicket: Int) {
        try await row(AttentionStatements.notableAnswers, [run]) { row in
            (late: try row.decode("late"), withoutTicket: try row.decode("without_ticket"))
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

    static let requests = Statement(
        "read what needs action or waits",
        """
        select a.*,
               count(*) filter (where not a.is_routine) over () as needing_action,
               count(*) filter (where a.is_routine) over () as routine
        from (
            \(RequestListStatements.summary), t.today - (r.received_at at time zone t.zone)::date as age_days, t.due,
                   coalesce(t.due < t.today, false) as is_overdue,
                   coalesce(
                       r.state = 'waiting' and r.waiting_for = any ($2::text[])
                       and r.received_at >= now() - make_interval(days => $3::int) and t.due > t.today + $4::int,
                       false
                   ) as is_routine
            from \(OpenRequests.needingAction(gates: "$1::text[]")), lateral (
                select coalesce(r.time_zone, 'GMT') as zone, dsr.today(coalesce(r.time_zone, 'GMT')) as today,
                       case when r.state = 'refused' then r.notice_by else r.answer_by end as due
            ) as t
        ) as a
        order by a.is_routine, a.due nulls first, a.id
        limit $5
        """
    )

    // Those that are overdue are in the list above.
    static let heldBack = Statement(
        "count what the brakes hold back",
        """
        select waiting_for as gate, count(*), max(dsr.today(time_zone) - (received_at at time zone time_zone)::date) as age_days,
               min(answer_by) as due
        from dsr.subject_requests
        where state = 'waiting' and waiting_for = any ($1::text[]) and answer_by >= dsr.today(time_zone)
        group by waiting_for
        order by waiting_for
        """
    )

    static let holds = Statement(
        "read legal holds to review",
        """
        select id, current_date - placed_at::date as age_days, review_on
        from dsr.legal_holds
        where released_at is null and review_on <= current_date and coalesce(expires_on >= current_date, true)
        order by review_on, id
        limit $1
        """
    )

    static let notableAnswers = Statement(
        "count notable answers",
        """
        select count(*) filter (where (finished_at at time zone time_zone)::date > latest_lawful) as late,
               count(*) filter (where kind = 'erasure' and ticket is null and integration_id is null) as without_ticket
        from dsr.subject_requests
        where run_id = $1 and state = 'completed'
        """
    )
}
