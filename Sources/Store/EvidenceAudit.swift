public import Foundation
import Postgres

/// A leaf as an auditor reads it: what is hashed, and what else the database says of it.
public struct AuditedLeaf: Sendable {
    /// Its place in the log.
    public let index: Int64
    /// The stored leaf hash.
    public let hash: Data
    /// The request that the row names, for looking up.
    public let request: Int64?
    /// The exact bytes; `nil` where they were dropped.
    public let payload: Data?
}

/// Evidence of one request, for its receipt.
public struct FinalLeaf: Sendable {
    /// Its place in the log.
    public let index: Int64
    /// The exact bytes; `nil` where they were dropped.
    public let payload: Data?
}

extension Store {
    /// Leaves from an index on, in order, as they stand, gaps and all.
    public func auditedLeaves(from index: Int64, limit: Int) async throws(StoreError) -> [AuditedLeaf] {
        try await rows(AuditStatements.leaves, [index, limit]) { row throws(PostgresError) in
            AuditedLeaf(
                index: try row.decode("index"),
                hash: try row.decode("leaf_hash"),
                request: try row.decode("request_id"),
                payload: try row.decode("payload")
            )
        }
    }

    /// Payloads that have no leaf; there should be none.
    public func orphanedPayloads(limit: Int) async throws(StoreError) -> [Int64] {
        try await rows(AuditStatements.orphans, [limit]) { row throws(PostgresError) in
            try row.decode("index", as: Int64.self)
        }
    }

    /// A request whose row says something that its leaves do not.
    public struct Discrepancy: Sendable {
        /// The request's number.
        public let request: Int64
        /// What its row says, and what its last leaf of that kind says.
        public let row: String, leaf: String?
    }

    /// Admitted requests without a leaf, and ended ones whose last recorded leaf says another outcome.
    public func discrepancies(after request: Int64, limit: Int) async throws(StoreError) -> [Discrepancy] {
        try await rows(AuditStatements.discrepancies, [request, limit]) { row throws(PostgresError) in
            Discrepancy(
                request: try row.decode("id"),
                row: try row.decode("row_says"),
                leaf: try row.decode("leaf_says")
            )
        }
    }

    /// The last leaf of a request, which says how it ended once it has ended.
    public func finalLeaf(of request: Int64) async throws(StoreError) -> FinalLeaf? {
        try await rows(AuditStatements.finalLeaf, [request]) { row throws(PostgresError) in
            FinalLeaf(index: try row.decode("index"), payload: try row.decode("payload"))
        }.first
    }

    /// Requests about one person, by keyed digest.
    public func requests(ofSubject digest: Data) async throws(StoreError) -> [Int64] {
        try await rows(AuditStatements.ofSubject, [digest]) { row throws(PostgresError) in
            try row.decode("id", as: Int64.self)
        }
    }

    /// Drops the payloads of leaves written before an instant whose requests have ended, as far as they stand at
    /// the log's beginning. The hashes stay, and a leaf says what was dropped.
    ///
    /// - Returns: The index before which payloads are gone now, and how many went.
    public func pruneEvidence(
        before instant: Date,
        reason: String,
        actor: String
    ) async throws(StoreError) -> (before: Int64, dropped: Int64) {
        let result = try await rows(AuditStatements.prune, [instant, reason, actor]) { row throws(PostgresError) in
            (before: try row.decode("before_index", as: Int64.self), dropped: try row.decode("dropped", as: Int64.self))
        }
        return result.first ?? (0, 0)
    }
}

private enum AuditStatements {
    // The payload's index is bounded too: through the outer join the planner would not see that it may be, and
    // would walk all payloads before it for each page.
    static let leaves = Statement(
        "read leaves",
        """
        select l.index, l.leaf_hash, l.request_id, p.payload
        from dsr.evidence_leaves l left join dsr.evidence_payloads p on p.index = l.index and p.index >= $1
        where l.index >= $1
        order by l.index
        limit $2
        """
    )

    static let orphans = Statement(
        "look for orphaned payloads",
        """
        select p.index from dsr.evidence_payloads p
        where not exists (select from dsr.evidence_leaves l where l.index = p.index)
        order by p.index
        limit $1
        """
    )

    static let discrepancies = Statement(
        "compare requests with their leaves",
        """
        select r.id, r.state || coalesce(' ' || r.outcome, '') as row_says, said.leaf_says
        from dsr.subject_requests r
        left join lateral (
            select
                case p.j ->> 'event'
                    when 'refused' then 'refused'
                    when 'cancelled' then 'cancelled'
                    when 'set_aside' then 'failed'
                    when 'recorded' then case
                        when p.j ->> 'state' is not null then p.j ->> 'state' || coalesce(' ' || (p.j ->> 'outcome'), '')
                    end
                end as leaf_says,
                p.pruned
            from (
                select convert_from(p.payload, 'UTF8')::json as j, p.payload is null as pruned
                from dsr.evidence_leaves l left join dsr.evidence_payloads p on p.index = l.index
                where l.request_id = r.id
                order by l.index desc
            ) p
            where p.pruned or p.j ->> 'event' in ('recorded', 'refused', 'cancelled', 'set_aside')
            limit 1
        ) said on true
        where r.id > $1
          and case
              when r.state in ('completed', 'refused', 'cancelled', 'failed')
                  then not coalesce(said.pruned, false) and said.leaf_says is distinct from
                      -- What was found before a person ended the request is not how it ended.
                      case when r.state in ('refused', 'cancelled') then r.state else r.state || coalesce(' ' || r.outcome, '') end
              when r.admitted_at is not null
                  then not exists (select from dsr.evidence_leaves l where l.request_id = r.id)
              else false
          end
        order by r.id
        limit $2
        """
    )

    static let finalLeaf = Statement(
        "read a request's last leaf",
        """
        select l.index, p.payload
        from dsr.evidence_leaves l left join dsr.evidence_payloads p on p.index = l.index
        where l.request_id = $1 and (
            p.payload is null
            or convert_from(p.payload, 'UTF8')::json ->> 'event' in ('recorded', 'refused', 'cancelled', 'set_aside')
        )
        order by l.index desc
        limit 1
        """
    )

    static let ofSubject = Statement(
        "find a person's requests",
        "select id from dsr.subject_requests where subject_digest = $1 order by id"
    )

    // A payload of a request that is still open is never dropped, nor anything after it.
    static let prune = Statement(
        "prune the evidence",
        """
        with boundary as materialized (
            select least(
                coalesce((
                    select min(p.index) from dsr.evidence_payloads p
                    where (convert_from(p.payload, 'UTF8')::json ->> 'time')::timestamptz >= $1::timestamptz
                ), (select size from dsr.evidence_head)),
                coalesce((
                    select min(l.index) from dsr.evidence_leaves l join dsr.subject_requests r on r.id = l.request_id
                    where r.state not in ('completed', 'refused', 'cancelled', 'failed')
                ), (select size from dsr.evidence_head))
            ) as before_index
        )
        select before_index, dsr.prune_evidence(before_index, $2::text, $3::text) as dropped from boundary
        """
    )
}
