public import Foundation
import Postgres
public import SubjectRequests

/// A request as it is shown to people: everything but the person.
public struct RequestSummary: Sendable {
    /// The row's number.
    public let id: Int64
    /// The right and the state, as the row has them.
    public let kind: String, state: RequestState
    /// The gate it waits for, what was found out, one sentence why, and the ticket.
    public let waitingFor: Gate?, outcome: Outcome?, reason: String?, ticket: String?
    /// Where it came from.
    public let channel: String?, requestedBy: String?
    /// Instants, UTC.
    public let receivedAt: Date, notBefore: Date?, finishedAt: Date?
    /// The days of the law, in the controller's time zone at its admission; see ``Deadline``.
    public let answerBy: CivilDate?, latestLawful: CivilDate?
    /// Claims so far, and real failures among them.
    public let claimNumber: Int, failures: Int
    /// The run that holds it, or held it last.
    public let run: Int64?
    /// SHA-256(salt ‖ integrationId), as it stands in the evidence.
    public let commitment: Data?
    /// Whether the row still holds the person's identifier.
    public let hasSubject: Bool
}

/// A document of a request or a run, without its bytes.
public struct DocumentSummary: Sendable {
    /// Its number.
    public let id: Int64
    /// The file's name and its media type.
    public let fileName: String, mediaType: String
    /// Its size in bytes.
    public let byteCount: Int64
    /// SHA-256 of its bytes.
    public let sha256: Data
    /// When it was written to the report directory.
    public let deliveredAt: Date?
    /// Whether the bytes are still in the database.
    public let hasContent: Bool
}

/// One entry of the evidence log.
public struct Leaf: Sendable {
    /// Its place in the log, from 0.
    public let index: Int64
    /// RFC 6962: SHA-256(0x00 ‖ payload).
    public let hash: Data
    /// The exact bytes, one JSON object.
    public let payload: Data
}

extension Store {
    /// Requests after a number, optionally of one state.
    public func requests(
        state: RequestState?,
        after id: Int64 = 0,
        only: Int64? = nil,
        limit: Int
    ) async throws(StoreError) -> [RequestSummary] {
        try await rows(BrowseStatements.requests, [state?.rawValue, id, only, limit], Self.summary)
    }

    /// Requests that have no answer yet and must be answered within some days from today, most urgent first.
    public func requestsAtRisk(withinDays days: Int, limit: Int) async throws(StoreError) -> [RequestSummary] {
        try await rows(BrowseStatements.atRisk, [days, limit], Self.summary)
    }

    /// The requests that a run left for a person, most urgent first.
    public func needingAPerson(run: Int64, limit: Int) async throws(StoreError) -> [RequestSummary] {
        try await rows(BrowseStatements.needingAPerson, [run, limit], Self.summary)
    }

    /// Admitted rows that are open, counted by what they are and where they stand.
    public struct OpenGroup: Sendable {
        /// The right, as the row has it.
        public let kind: String
        /// Where the rows stand; what they wait for; whether they are to be tried later.
        public let state: RequestState, waitingFor: Gate?, isLater: Bool
        /// How many.
        public let count: Int
    }

    /// Counts the admitted rows that are open.
    public func openRequests() async throws(StoreError) -> [OpenGroup] {
        try await rows(BrowseStatements.open, []) { row throws(PostgresError) in
            OpenGroup(
                kind: try row.decode("kind"),
                state: try row.decode("state"),
                waitingFor: try row.decode("waiting_for"),
                isLater: try row.decode("later"),
                count: try row.decode("count")
            )
        }
    }

    static func summary(_ row: PostgresRow) throws(PostgresError) -> RequestSummary {
        RequestSummary(
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

    /// The person of a request; `nil` where there is no such request, or it holds nobody any more.
    public func subject(of request: Int64) async throws(StoreError) -> SubjectID? {
        try await rows(BrowseStatements.subject, [request]) { row throws(PostgresError) in
            try row.decode("integration_id", as: String?.self)
        }.first.flatMap { $0 }.flatMap { try? SubjectID($0) }
    }

    /// Documents after a number: of one request, or of all requests and runs.
    public func documents(
        of request: Int64?,
        undeliveredOnly: Bool = false,
        after id: Int64 = 0,
        limit: Int = 1_000
    ) async throws(StoreError) -> [DocumentSummary] {
        try await rows(BrowseStatements.documents, [request, undeliveredOnly, id, limit]) { row throws(PostgresError) in
            DocumentSummary(
                id: try row.decode("id"),
                fileName: try row.decode("file_name"),
                mediaType: try row.decode("media_type"),
                byteCount: try row.decode("byte_count"),
                sha256: try row.decode("sha256"),
                deliveredAt: try row.decode("delivered_at"),
                hasContent: try row.decode("has_content")
            )
        }
    }

    /// The bytes of a document by its file name; `nil` where there is none, or no more.
    public func content(ofDocument fileName: String) async throws(StoreError) -> Data? {
        try await rows(BrowseStatements.content, [fileName]) { row throws(PostgresError) in
            try row.decode("content", as: Data?.self)
        }.first ?? nil
    }

    /// The evidence of one request, in order.
    public func leaves(of request: Int64) async throws(StoreError) -> [Leaf] {
        try await rows(BrowseStatements.leaves, [request]) { row throws(PostgresError) in
            Leaf(
                index: try row.decode("index"),
                hash: try row.decode("leaf_hash"),
                payload: try row.decode("payload")
            )
        }
    }
}

private enum BrowseStatements {
    private static let summary = """
        select id, kind, state, waiting_for, outcome, reason, ticket, channel, requested_by, received_at, not_before,
               finished_at, answer_by, latest_lawful, claim_no, failures, run_id, subject_commitment,
               integration_id is not null as has_subject
        from dsr.subject_requests
        """

    static let needingAPerson = Statement(
        "read requests that need a person",
        """
        \(summary)
        where run_id = $1 and state in ('failed', 'refused')
        order by answer_by nulls first, id
        limit $2
        """
    )

    static let atRisk = Statement(
        "read requests at risk",
        """
        \(summary)
        where state in ('pending', 'waiting', 'running', 'failed') and answer_by <= dsr.today(time_zone) + $1::int
        order by answer_by, id
        limit $2
        """
    )

    static let requests = Statement(
        "read requests",
        """
        \(summary)
        where ($1::text is null or state = $1) and id > $2 and ($3::bigint is null or id = $3)
        order by id
        limit $4
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
        "read a request's person",
        "select integration_id from dsr.subject_requests where id = $1"
    )

    static let documents = Statement(
        "read documents",
        """
        select id, file_name, media_type, byte_count, sha256, delivered_at, content is not null as has_content
        from dsr.reports
        where ($1::bigint is null or request_id = $1) and (not $2::bool or (delivered_at is null and content is not null))
          and id > $3
        order by id
        limit $4
        """
    )

    static let content = Statement(
        "read a document",
        "select content from dsr.reports where file_name = $1"
    )

    static let leaves = Statement(
        "read a request's evidence",
        """
        select l.index, l.leaf_hash, p.payload
        from dsr.evidence_payloads p join dsr.evidence_leaves l using (index)
        where l.request_id = $1
        order by l.index
        """
    )
}
