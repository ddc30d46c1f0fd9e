import Crypto
public import Foundation
import Postgres
public import SubjectRequests

/// A document with its bytes.
public struct StoredDocument: Sendable {
    /// The row's number.
    public let id: Int64
    /// The file's name.
    public let fileName: String
    /// The bytes.
    public let content: Data
    /// SHA-256 of the bytes as they were recorded, and their number.
    let sha256: Data, byteCount: Int64

    /// Whether the bytes are those that were recorded.
    public var isIntact: Bool {
        Int64(content.count) == byteCount && Data(SHA256.hash(data: content)) == sha256
    }

    init(_ row: PostgresRow) throws {
        id = try row.decode("id")
        fileName = try row.decode("file_name")
        content = try row.decode("content")
        sha256 = try row.decode("sha256")
        byteCount = try row.decode("byte_count")
    }
}

extension Store {
    /// A page of undelivered documents after a number, in order of numbers.
    ///
    /// - Parameters:
    ///   - request: Only documents of that request.
    ///   - count: The largest number of documents.
    ///   - bytes: The largest size of the page, except that it always has at least one document where there is one.
    public func undelivered(
        after id: Int64,
        request: Int64? = nil,
        count: Int,
        bytes: Int64
    ) async throws -> [StoredDocument] {
        try await rows(DeliveryStatements.page, [id, request, count, bytes]) { row in try StoredDocument(row) }
    }

    /// Marks documents as delivered, and logs each that was not yet.
    ///
    /// - Parameter keepDays: The number of days for which their content stays in the database.
    public func markDelivered(_ ids: [Int64], keepDays: Int, by author: Author) async throws {
        try await query(DeliveryStatements.mark, author.parameters + [ids, keepDays])
    }

    /// Deletes the content of delivered documents whose time in the database is over.
    public func expireDocuments() async throws {
        while try await row(
            DeliveryStatements.expire,
            [Self.expiryGroup],
            { row in
                try row.decode("expired", as: Int.self)
            }
        ) == Self.expiryGroup {}
    }

    private static let expiryGroup = 1_000

    /// The number of undelivered documents. The report of a run for one request is not among them: the next run over the
    /// whole queue delivers it.
    public func undeliveredCount() async throws -> Int {
        try await row(DeliveryStatements.count) { row in try row.decode("count") }
    }
}

private enum DeliveryStatements {
    // The sizes are added up before any content is read, and are those of the bytes: byte_count is what was recorded.
    static let page = Statement(
        "read undelivered documents",
        """
        with page as materialized (
            select id, sum(size) over (order by id) as total, row_number() over (order by id) as place
            from (
                select id, octet_length(content) as size from dsr.reports
                where delivered_at is null and content is not null and id > $1
                  and ($2::bigint is null or request_id = $2)
                order by id
                limit $3
            ) as next
        )
        select x.id, x.file_name, x.content, x.sha256, x.byte_count
        from page join dsr.reports x on x.id = page.id
        where (page.place = 1 or page.total <= $4) and x.content is not null
        order by x.id
        """
    )

    static let mark = Statement(
        "mark documents delivered",
        "select dsr.mark_delivered($1::bigint, $2::json, $3::bigint[], $4::int)"
    )

    static let expire = Statement(
        "delete the content of delivered documents",
        "select dsr.expire_documents($1::int) as expired"
    )

    static let count = Statement(
        "count undelivered documents",
        """
        select count(*) as count from dsr.reports p
        where p.delivered_at is null and p.content is not null
          and (p.request_id is not null
               or not exists (select from dsr.runs u where u.id = p.run_id and u.scope = 'one'))
        """
    )
}
