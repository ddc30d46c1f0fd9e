public import Foundation
import Postgres

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

extension Store {
    /// Documents after a number: of one request, or of all requests and runs.
    public func documents(
        of request: Int64?,
        undeliveredOnly: Bool = false,
        after id: Int64 = 0,
        limit: Int = 1_000
    ) async throws -> [DocumentSummary] {
        try await rows(DocumentListStatements.documents, [request, undeliveredOnly, id, limit]) { row in
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

    /// A document by its file name, with or without the database's id; `nil` where there is no such document, or its content
    /// was deleted.
    public func document(named fileName: String) async throws -> StoredDocument? {
        try await rows(DocumentListStatements.document, [fileName]) { row in try StoredDocument(row) }.first
    }
}

private enum DocumentListStatements {
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

    static let document = Statement(
        "read a document",
        """
        select id, file_name, content, sha256, byte_count
        from dsr.reports
        where file_name in ($1, (select database_id from dsr.deployment) || '-' || $1) and content is not null
        order by id
        """
    )
}
