public import Foundation
import Postgres
public import SubjectRequests

/// Counts of rows that returned to the queue because their gates are open, and of rows that wait for a gate now.
public struct GateCounts: Sendable, Hashable {
    /// Rows that are ready now, and rows that wait now.
    public var opened: Int, closed: Int

    /// Counts.
    public init(opened: Int = 0, closed: Int = 0) {
        self.opened = opened
        self.closed = closed
    }

    init(_ result: PostgresResult) throws {
        let row = result[result.startIndex]
        self.init(opened: try row.decode("opened"), closed: try row.decode("closed"))
    }
}

/// An open row without a digest under the present subject key.
public struct RequestToDigest: Sendable {
    /// The row's number.
    public let id: Int64
    /// The row's `integration_id`.
    public let integrationID: String
}

extension Store {
    /// Checks the gates of all waiting rows, and returns to the queue those whose gates are open.
    ///
    /// - Parameters:
    ///   - isBraked: Whether erasures that the brake held back stay held back.
    ///   - rights: The rights whose answer lacks a text of the controller; their requests wait.
    ///   - kept: Brakes whose requests stay held back. At its beginning a run over the whole queue tries them all again.
    public func releaseWaiting(
        run: Int64,
        isBraked: Bool = false,
        withoutTexts rights: [Right] = [],
        keeping kept: [Gate] = []
    ) async throws -> GateCounts {
        try GateCounts(
            try await query(GateStatements.waiting, [run, isBraked, rights.map(\.rawValue), kept.map(\.rawValue)])
        )
    }

    /// Gives open rows that were admitted under looser rules the needs of the present ones. Nothing is ever loosened.
    public func tighten(_ rules: GateRules) async throws {
        try await query(
            GateStatements.tighten,
            [rules.checksIdentity, rules.trustedChannels.sorted(), rules.approvesErasures, rules.erasureWaitDays]
        )
    }

    /// The keys under which legal holds are in force.
    public func keysOfHolds() async throws -> [Data] {
        try await rows(GateStatements.keysOfHolds) { row in try row.decode("subject_key_id") }
    }

    /// Open erasures, after a number, without a digest under an earlier key.
    public func erasuresToCompare(key: Data, after id: Int64, limit: Int) async throws -> [RequestToDigest] {
        try await rows(GateStatements.toCompare, [key, id, limit]) { row in
            RequestToDigest(id: try row.decode("id"), integrationID: try row.decode("integration_id"))
        }
    }

    /// Stores digests that were made with an earlier key, so that holds under it can be compared.
    public func setEarlierDigests(_ digests: [(id: Int64, digest: Data)], key: Data) async throws {
        try await query(GateStatements.setEarlierDigests, [digests.map(\.id), digests.map(\.digest), key])
    }

    /// Open rows, after a number, without a digest under a key.
    public func requestsToDigest(key: Data, after id: Int64, limit: Int) async throws -> [RequestToDigest] {
        try await rows(GateStatements.toDigest, [key, id, limit]) { row in
            RequestToDigest(id: try row.decode("id"), integrationID: try row.decode("integration_id"))
        }
    }

    /// Stores digests that were made with a key, with a log entry for each.
    public func setDigests(_ digests: [(id: Int64, digest: Data)], key: Data, run: Int64?) async throws {
        try await query(GateStatements.setDigests, [run, digests.map(\.id), digests.map(\.digest), key])
    }
}

enum GateStatements {
    static let waiting = Statement(
        "check the gates of waiting requests",
        "select * from dsr.open_gates($1, $2::bool, $3::text[], $4::text[])"
    )

    static let tighten = Statement(
        "tighten the gates",
        "select dsr.tighten($1::bool, $2::text[], $3::bool, $4::int)"
    )

    static let keysOfHolds = Statement(
        "read the keys of holds",
        """
        select distinct subject_key_id from dsr.legal_holds
        where released_at is null and coalesce(expires_on >= current_date - 1, true)
        """
    )

    static let toCompare = Statement(
        "read erasures to compare with holds",
        """
        select r.id, r.integration_id from \(OpenRequests.inProgress)
        where r.kind = 'erasure' and r.integration_id is not null and r.id > $2
          and not exists (select from dsr.earlier_digests d where d.request_id = r.id and d.subject_key_id = $1)
        order by r.id
        limit $3
        """
    )

    static let setEarlierDigests = Statement(
        "store digests under an earlier key",
        "select dsr.set_earlier_digests($1::bigint[], $2::bytea[], $3)"
    )

    static let toDigest = Statement(
        "read requests to digest",
        """
        select r.id, r.integration_id from \(OpenRequests.inProgress)
        where r.integration_id is not null and r.subject_key_id is distinct from $1 and r.id > $2
        order by r.id
        limit $3
        """
    )

    static let setDigests = Statement(
        "store digests",
        "select dsr.set_digests($1::bigint, $2::bigint[], $3::bytea[], $4)"
    )
}
