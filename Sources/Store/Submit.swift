import Postgres
public import SubjectRequests

extension Store {
    /// Puts a request into the queue.
    ///
    /// - Returns: Its number.
    /// - Throws: ``StoreError`` `.unstorable` where a rule of the table rejects it.
    public func submit(_ submission: Submission) async throws -> Int64 {
        try await row(SubmitStatements.submit, SubmitStatements.submission.parameters([submission])) { row in
            try row.decode("id")
        }
    }
}

private enum SubmitStatements {
    static let submission = ParameterTable<Submission>(
        from: 1,
        [
            .init("kind", "text") { $0.right.rawValue },
            .init("integration_id", "text") { $0.subject.value },
            .init("received_at", "timestamptz") { $0.receivedAt },
            .init("ticket", "text") { $0.ticket },
            .init("requested_by", "text") { $0.requestedBy },
            .init("submitted_by", "text") { $0.submittedBy },
            .init("channel", "text") { $0.channel },
            .init("changes", "json") { $0.changes.map { PostgresJSON($0.json) } },
            .init("needs_identity", "bool") { $0.needsIdentity },
        ]
    )

    static let submit = Statement(
        "submit a request",
        """
        insert into dsr.subject_requests
            (kind, integration_id, received_at, ticket, requested_by, submitted_by, channel, changes,
             needs_identity)
        select s.kind, s.integration_id, coalesce(s.received_at, now()), s.ticket, s.requested_by, s.submitted_by,
               s.channel, s.changes, s.needs_identity
        from \(submission.source("s"))
        returning id
        """
    )
}
