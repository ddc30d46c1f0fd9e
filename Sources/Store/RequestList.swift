public import Foundation
import Postgres
public import SubjectRequests

/// A request as it is shown to operators: everything but the identifier.
public struct RequestSummary: Sendable {
    /// The row's number.
    public let id: Int64
    /// The right and the state, as the row has them.
    public let kind: String, state: RequestState
    /// The gate it waits for, what was found out, one sentence why, and the ticket.
    public let waitingFor: Gate?, outcome: Outcome?, reason: String?, ticket: String?
    /// The channel it came through, and who requested it.
    public let channel: String?, requestedBy: String?
    /// Instants, UTC.
    public let receivedAt: Date, notBefore: Date?, finishedAt: Date?
    /// Dates in the time zone of the controller at its admission; see ``Deadline``.
    public let answerBy: CivilDate?, latestLawful: CivilDate?
    /// Claims so far, and failures that count against its budget.
    public let claimNumber: Int, failures: Int
    /// The run that holds it, or held it last.
    public let run: Int64?
    /// SHA-256(salt ‖ integrationId), as it is in the evidence log.
    public let commitment: Data?
    /// Whether the row still holds the customer's identifier.
    public let hasSubject: Bool
}

/// Admitted open rows, counted by right, state and gate.
public struct OpenGroup: Sendable {
    /// The right, as the row has it.
    public let kind: String
    /// The state; the gate they wait for; whether they may only be claimed later.
    public let state: RequestState, waitingFor: Gate?, isLater: Bool
    /// The number of rows.
    public let count: Int
}

extension Store {
    /// Requests after a number, in order of numbers, optionally of one state or with one ticket.
    public func requests(
        state: RequestState? = nil,
        ticket: String? = nil,
        after id: Int64 = 0,
        only: Int64? = nil,
        limit: Int
    ) async throws -> [RequestSummary] {
        try await rows(
            RequestListStatements.requests,
            [state?.rawValue, ticket, id, only, limit],
            RequestSummary.init
        )
    }

    /// Requests without an answer that must be answered within some days from today, earliest deadline first.
    public func requestsAtRisk(withinDays days: Int, limit: Int) async throws -> [RequestSummary] {
        try await rows(RequestListStatements.atRisk, [days, limit], RequestSummary.init)
    }

    /// The requests that a run left to operators, earliest deadline first.
    public func requestsNeedingAction(run: Int64, limit: Int) async throws -> [RequestSummary] {
        try await rows(RequestListStatements.needingAction, [run, limit], RequestSummary.init)
    }

    /// Counts the admitted rows that are open.
    public func openRequests() async throws -> [OpenGroup] {
        try await rows(RequestListStatements.open) { row in
            OpenGroup(
                kind: try row.decode("kind"),
                state: try row.decode("state"),
                waitingFor: try row.decode("waiting_for"),
                isLater: try row.decode("later"),
                count: try row.decode("count")
            )
        }
    }

    /// The customer of a request; `nil` where there is no such request, or its identifier was deleted.
    public func subject(of request: Int64) async throws -> SubjectID? {
        try await rows(RequestListStatements.subject, [request]) { row in
            try row.decode("integration_id", as: String?.self)
        }.first.flatMap { $0 }.flatMap { try? SubjectID($0) }
    }
}

extension RequestSummary {
    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"),
            kind: try row.decode("kind"),
            state: try row.decode("state"),
            waitingFor: try row.decode("waiting_for"),
            outcome: try row.decode("outcome"),
            reason: try row.decode("reason"),
            ticket: try row.decode("ticket"),
            channel: try row.decode("channel"),
            requestedBy: try row.decode("requested_by"),
            receivedAt: try row.decode("received_at"),
            notBefore: try row.decode("not_before"),
            finishedAt: try row.decode("finished_at"),
            answerBy: try row.decode("answer_by"),
            latestLawful: try row.decode("latest_lawful"),
            claimNumber: try row.decode("claim_no"),
            failures: try row.decode("failures"),
            run: try row.decode("run_id"),
            commitment: try row.decode("subject_commitment"),
            hasSubject: try row.decode("has_subject")
        )
    }
}

private enum RequestListStatements {
    private static let summary = """
        select id, kind, state, waiting_for, outcome, reason, ticket, channel, requested_by, received_at, not_before,
               finished_at, answer_by, latest_lawful, claim_no, failures, run_id, subject_commitment,
               integration_id is not null as has_subject
        """

    static let needingAction = Statement(
        "read requests that need action",
        """
        \(summary)
        from dsr.subject_requests
        where run_id = $1 and state in ('failed', 'refused')
        order by answer_by nulls first, id
        limit $2
        """
    )

    static let atRisk = Statement(
        "read requests at risk",
        """
        \(summary)
        from dsr.subject_requests
        where state in ('pending', 'waiting', 'running', 'failed') and answer_by <= dsr.today(time_zone) + $1::int
        order by answer_by, id
        limit $2
        """
    )

    static let requests = Statement(
        "read requests",
        """
        \(summary)
        from dsr.subject_requests
        where ($1::text is null or state = $1) and ($2::text is null or ticket = $2) and id > $3
          and ($4::bigint is null or id = $4)
        order by id
        limit $5
        """
    )

    static let open = Statement(
        "count open requests",
        """
        select kind, state, waiting_for, coalesce(not_before > clock_timestamp(), false) as later, count(*) as count
        from dsr.subject_requests
        where state in ('pending', 'waiting', 'running') and admitted_at is not null
        group by 1, 2, 3, 4
        """
    )

    static let subject = Statement(
        "read a request's subject",
        "select integration_id from dsr.subject_requests where id = $1"
    )
}
