public import Foundation
import Postgres

/// An entry of the evidence log.
public struct Leaf: Sendable {
    /// Its place in the log, from 0.
    public let index: Int64
    /// RFC 6962: SHA-256(0x00 ‖ payload).
    public let hash: Data
    /// The exact bytes, one JSON object.
    public let payload: Data
}

/// The entry of a request that a receipt proves.
public struct FinalLeaf: Sendable {
    /// Its place in the log.
    public let index: Int64
    /// The exact bytes; `nil` where they were pruned.
    public let payload: Data?
}

extension Store {
    /// The entries of a request, in order.
    public func leaves(of request: Int64) async throws -> [Leaf] {
        try await rows(LeafStatements.leaves, [request]) { row in
            Leaf(
                index: try row.decode("index"),
                hash: try row.decode("leaf_hash"),
                payload: try row.decode("payload")
            )
        }
    }

    /// The last entry of a request that ends it; `nil` where there is none, or the request was reopened after it.
    public func finalLeaf(of request: Int64) async throws -> FinalLeaf? {
        try await rows(LeafStatements.finalLeaf, [request]) { row in
            FinalLeaf(index: try row.decode("index"), payload: try row.decode("payload"))
        }.first
    }

    /// The requests of one subject, by keyed digest.
    public func requests(ofSubject digest: Data) async throws -> [Int64] {
        try await requests(ofSubject: [digest])
    }

    /// The requests of one subject, by digests under several keys.
    public func requests(ofSubject digests: [Data]) async throws -> [Int64] {
        try await rows(LeafStatements.ofSubject, [digests]) { row in try row.decode("id") }
    }

    /// The number of admitted requests that no digest under these keys can find.
    public func requestsNotFindable(withKeys keys: [Data]) async throws -> Int {
        try await row(LeafStatements.notFindable, [keys]) { row in try row.decode("count") }
    }
}

private enum LeafStatements {
    static let leaves = Statement(
        "read a request's evidence",
        """
        select l.index, l.leaf_hash, p.payload
        from dsr.evidence_payloads p join dsr.evidence_leaves l using (index)
        where l.request_id = $1
        order by l.index
        """
    )

    static let finalLeaf = Statement(
        "read a request's last leaf",
        """
        select l.index, p.payload
        from (
            select index, event from dsr.evidence_leaves
            where request_id = $1 and event in ('recorded', 'refused', 'reopened', 'cancelled', 'set_aside')
            order by index desc
            limit 1
        ) l left join dsr.evidence_payloads p on p.index = l.index
        where l.event <> 'reopened'
        """
    )

    static let ofSubject = Statement(
        "find the requests of a subject",
        "select id from dsr.subject_requests where subject_digest = any($1::bytea[]) order by id"
    )

    static let notFindable = Statement(
        "count requests under other keys",
        """
        select count(*) as count from dsr.subject_requests r
        where r.admitted_at is not null and coalesce(r.subject_key_id <> all($1::bytea[]), true)
        """
    )
}
