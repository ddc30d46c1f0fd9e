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
    ///
    /// - Parameter needingAction: Whether to list only requests that need action: failed, refused and the customer not
    ///   told, waiting for a gate that stays closed until an operator acts, overdue, or malformed in the last month.
    public func requests(
        state: RequestState? = nil,
        ticket: String? = nil,
        needingAction: Bool = false,
        after id: Int64 = 0,
        only: Int64? = nil,
        limit: Int
    ) async throws -> [RequestSummary] {
        let filter: [any PostgresEncodable] = [state?.rawValue, ticket, id, only, limit]
        guard needingAction else {
            return try await rows(RequestListStatements.requests, filter, RequestSummary.init)
        }
        let gates = Gate.allCases.filter(\.needsAction).map(\.rawValue)
        return try await rows(RequestListStatements.needAction, filter + [gates], RequestSummary.init)
    }

    /// Requests without an answer that must be answered within some days from today, earliest deadline first.
    public func requestsAtRisk(withinDays days: Int, limit: Int) async throws -> [RequestSummary] {
        try await rows(RequestListStatements.atRisk, [days, limit], RequestSummary.init)
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
    init(_ row: PostgresRow) throws {
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

enum RequestListStatements {
    // The rules of the table limit these texts. A row that got past them must not fill the memory of a run.
    static let summary = """
        select r.id, left(r.kind, 100) as kind, r.state, r.waiting_for, r.outcome, r.reason, left(r.ticket, 100) as ticket,
               left(r.channel, 200) as channel, left(r.requested_by, 200) as requested_by,
               r.received_at, r.not_before, r.finished_at, r.answer_by, r.latest_lawful, r.claim_no, r.failures, r.run_id,
               r.subject_commitment, r.integration_id is not null as has_subject
        """

    // No time zone is more than a day ahead of UTC; the first bound is for the indexes, the second one is exact.
    static let atRisk = Statement(
        "read requests at risk",
        """
        \(summary)
        from \(OpenRequests.unanswered)
        where r.answer_by <= (now() at time zone 'UTC')::date + 1 + $1::int
          and r.answer_by <= dsr.today(r.time_zone) + $1::int
        order by r.answer_by, r.id
        limit $2
        """
    )

    static let requests = Statement("read requests", list(from: "dsr.subject_requests r"))

    static let needAction = Statement(
        "read all requests that need action",
        list(from: OpenRequests.needingAction(gates: "$6::text[]"))
    )

    private static func list(from requests: String) -> String {
        """
        \(summary)
        from \(requests)
        where ($1::text is null or r.state = $1) and ($2::text is null or r.ticket = $2) and r.id > $3
          and ($4::bigint is null or r.id = $4)
        order by r.id
        limit $5
        """
    }

    static let open = Statement(
        "count open requests",
        """
        select r.kind, r.state, r.waiting_for, coalesce(r.not_before > clock_timestamp(), false) as later,
               count(*) as count
        from \(OpenRequests.inProgress)
        group by 1, 2, 3, 4
        """
    )

    static let subject = Statement(
        "read a request's subject",
        "select integration_id from dsr.subject_requests where id = $1"
    )
}
