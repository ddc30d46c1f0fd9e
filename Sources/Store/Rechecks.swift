import Postgres
public import SubjectRequests

/// An erased customer whose recheck is due.
public struct DueRecheck: Sendable {
    /// The erasure.
    public let request: Int64
    /// The customer.
    public let subject: SubjectID
    /// Whether the erasure left the customer's record itself, which is no reappearance.
    public let recordRemained: Bool

    /// A recheck of an erasure.
    public init(request: Int64, subject: SubjectID, recordRemained: Bool = false) {
        self.request = request
        self.subject = subject
        self.recordRemained = recordRemained
    }
}

extension Store {
    /// Rechecks that are due, after a request's number.
    public func dueRechecks(after request: Int64, limit: Int) async throws -> [DueRecheck] {
        try await rows(RecheckStatements.due, [request, limit]) { row in
            (
                try row.decode("request_id", as: Int64.self), try row.decode("integration_id", as: String.self),
                try row.decode("record_remained", as: Bool.self)
            )
        }.compactMap { request, id, remained in
            (try? SubjectID(id)).map { DueRecheck(request: request, subject: $0, recordRemained: remained) }
        }
    }

    /// Records what a recheck found: deletes the identifier of a customer who is still unknown, and opens an incident for
    /// one who reappeared.
    ///
    /// - Returns: Whether it was recorded; another run may have done so before.
    public func record(_ finding: Recheck.Finding, of request: Int64, run: Int64) async throws -> Bool {
        let (found, remains): (String, [String]) =
            switch finding {
            case .absent: ("absent", [])
            case .reappeared(let kinds): ("reappeared", kinds)
            }
        return try await row(RecheckStatements.record, [run, request, found, remains]) { row in
            try row.decode("request", as: Int64?.self) != nil
        }
    }

    /// Deletes identifiers whose retention has ended, rechecked or not.
    ///
    /// - Returns: The number of rechecks that were missed.
    public func dropExpiredRechecks(run: Int64) async throws -> Int {
        try await row(RecheckStatements.drop, [run]) { row in try row.decode("missed") }
    }
}

private enum RecheckStatements {
    static let due = Statement(
        "read due rechecks",
        """
        select x.request_id, x.integration_id, r.outcome = 'record_remains' as record_remained
        from dsr.rechecks x join dsr.subject_requests r on r.id = x.request_id
        where x.integration_id is not null and x.checked_at is null and x.due_at <= clock_timestamp()
          and x.drop_at > clock_timestamp() and x.request_id > $1
        order by x.request_id
        limit $2
        """
    )

    static let record = Statement(
        "record a recheck",
        "select dsr.record_recheck($1, $2, $3, $4::text[]) as request"
    )

    static let drop = Statement("drop expired rechecks", "select dsr.drop_rechecks($1) as missed")
}
