public import Foundation
import Postgres

/// A document that is not yet a file.
public struct UndeliveredDocument: Sendable {
    /// The row's number.
    public let id: Int64
    /// The file's name.
    public let fileName: String
    /// The bytes.
    public let content: Data
}

extension Store {
    /// The next undelivered document after a number; one at a time, because one may have 64 MiB.
    ///
    /// - Parameter request: Only documents of that request.
    public func nextUndelivered(after id: Int64, request: Int64? = nil) async throws(StoreError) -> UndeliveredDocument?
    {
        try await rows(DeliveryStatements.next, [id, request]) { row throws(PostgresError) in
            UndeliveredDocument(
                id: try row.decode("id"),
                fileName: try row.decode("file_name"),
                content: try row.decode("content")
            )
        }.first
    }

    /// Marks documents as delivered, with a leaf for each that was not yet.
    public func markDelivered(_ ids: [Int64], by author: Author) async throws(StoreError) {
        try await transaction { connection in
            try connection.query(ForgettingLock.take)
            try connection.query(DeliveryStatements.mark, parameters: author.parameters + [ids])
        }
    }

    /// How many documents wait to be written.
    public func undeliveredCount() async throws(StoreError) -> Int {
        try await rows(DeliveryStatements.count, []) { row throws(PostgresError) in
            try row.decode("count", as: Int.self)
        }.first ?? 0
    }
}

/// Keeps deliveries and erasures apart. Each drops the content of an answer that the other has dealt with before, and
/// neither would if both went by what they saw when they began. Taken before all other locks, by these two only.
enum ForgettingLock {
    static let take = Statement("lock forgetting", "select pg_advisory_xact_lock(hashtext('dsr.forgetting'))")
}

private enum DeliveryStatements {
    static let next = Statement(
        "read an undelivered document",
        """
        select id, file_name, content from dsr.reports
        where delivered_at is null and content is not null and id > $1
          and ($2::bigint is null or request_id = $2)
        order by id
        limit 1
        """
    )

    // The bytes of an answer to somebody who has been erased since then end with their delivery.
    static let mark = Statement(
        "mark documents delivered",
        """
        with hit as (
            update dsr.reports x set
                delivered_at = clock_timestamp(),
                content = case when exists (
                    select from dsr.subject_requests q
                    where q.id = x.request_id and q.integration_id is null and q.kind <> 'erasure'
                ) then null else x.content end
            from unnest($3::bigint[]) as given (id)
            where x.id = given.id and x.delivered_at is null
            returning x.id, x.request_id, x.file_name, x.sha256
        ), entries as (
            select json_agg(json_build_object(
                'event', 'delivered', 'request', request_id,
                'reports', json_build_array(json_build_object('name', file_name, 'sha256', encode(sha256, 'hex')))
            ) order by id) as list
            from hit
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1::bigint, $2::json) from entries
        )
        select count(*) from hit where exists (select from log)
        """
    )

    static let count = Statement(
        "count undelivered documents",
        "select count(*) as count from dsr.reports where delivered_at is null and content is not null"
    )
}
