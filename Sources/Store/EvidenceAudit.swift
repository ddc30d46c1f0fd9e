public import Foundation
import Postgres

/// A leaf as an auditor reads it: the bytes that are hashed, and the columns that repeat some of them.
public struct AuditedLeaf: Sendable {
    /// Its place in the log.
    public let index: Int64
    /// The stored leaf hash.
    public let hash: Data
    /// The event and the instant of writing, as the row has them.
    public let event: String, writtenAt: Date
    /// The request and the claim, as the row has them.
    public let request: Int64?, claim: Int?
    /// Action, state and outcome, as the row has them.
    public let action: String?, state: String?, outcome: String?
    /// The exact bytes; `nil` where they were pruned.
    public let payload: Data?
}

/// A request whose row and log entries differ.
public struct Discrepancy: Sendable {
    /// The request's number.
    public let request: Int64
    /// The state by its row, and by its last entry that ends it.
    public let row: String, leaf: String?
}

/// A row, and what does not match between it and its log entries.
public struct AuditedRow: Sendable {
    /// The row's number.
    public let id: Int64
    /// Clauses that complete "request 7: …"; none where all matches.
    public let problems: [String]
}

extension Store {
    /// Requests after a number, each with what does not match between its rows and its log entries: right, commitment,
    /// digest, date, announcement of a deletion, approval, identity check, decisions and documents.
    public func auditedRequests(after id: Int64, limit: Int) async throws -> [AuditedRow] {
        try await rows(AuditStatements.auditedRequests, [id, limit], Self.auditedRow)
    }

    /// Runs after a number, each with what does not match between its row, its documents and its last log entry.
    public func auditedRuns(after id: Int64, limit: Int) async throws -> [AuditedRow] {
        try await rows(AuditStatements.auditedRuns, [id, limit], Self.auditedRow)
    }

    /// What does not match between the legal holds and their log entries, by the hold's number.
    public func holdProblems() async throws -> [(hold: Int64, problem: String)] {
        try await rows(AuditStatements.holdProblems) { row in (try row.decode("hold"), try row.decode("problem")) }
    }

    /// Requests that log entries are about, and that do not exist; with the number of their entries.
    public func lostRequests(limit: Int) async throws -> [(request: Int64, entries: Int)] {
        try await rows(AuditStatements.lostRequests, [limit]) { row in
            (try row.decode("request"), try row.decode("entries"))
        }
    }

    private static func auditedRow(_ row: PostgresRow) throws -> AuditedRow {
        AuditedRow(id: try row.decode("id"), problems: try row.decode("problems"))
    }

    /// Leaves from an index on, in order, as they are stored, with gaps if there are any.
    public func auditedLeaves(from index: Int64, limit: Int) async throws -> [AuditedLeaf] {
        try await rows(AuditStatements.leaves, [index, limit]) { row in
            AuditedLeaf(
                index: try row.decode("index"),
                hash: try row.decode("leaf_hash"),
                event: try row.decode("event"),
                writtenAt: try row.decode("written_at"),
                request: try row.decode("request_id"),
                claim: try row.decode("claim_no"),
                action: try row.decode("action"),
                state: try row.decode("state"),
                outcome: try row.decode("outcome"),
                payload: try row.decode("payload")
            )
        }
    }

    /// Payloads without a leaf. A sound log has none.
    public func orphanedPayloads(limit: Int) async throws -> [Int64] {
        try await rows(AuditStatements.orphans, [limit]) { row in try row.decode("index") }
    }

    /// Admitted requests without a leaf, and closed ones whose last entry says another outcome.
    public func discrepancies(after request: Int64, limit: Int) async throws -> [Discrepancy] {
        try await rows(AuditStatements.discrepancies, [request, limit]) { row in
            Discrepancy(
                request: try row.decode("id"),
                row: try row.decode("row_says"),
                leaf: try row.decode("leaf_says")
            )
        }
    }
}

private enum AuditStatements {
    static let auditedRequests = Statement(
        "compare requests with the log",
        "select id, problems from dsr.audit_requests($1, $2::int)"
    )

    static let auditedRuns = Statement(
        "compare runs with the log",
        "select id, problems from dsr.audit_runs($1, $2::int)"
    )

    static let holdProblems = Statement(
        "compare holds with the log",
        "select hold, problem from dsr.audit_holds() order by hold, problem"
    )

    static let lostRequests = Statement(
        "look for entries without a request",
        "select request, entries from dsr.audit_lost_requests($1::int)"
    )

    // The payload's index is bounded too: the planner does not derive the bound through the outer join, and would walk all
    // payloads before it for each page.
    static let leaves = Statement(
        "read leaves",
        """
        select l.index, l.leaf_hash, l.event, l.written_at, l.request_id, l.claim_no, l.action, l.state, l.outcome,
               p.payload
        from dsr.evidence_leaves l left join dsr.evidence_payloads p on p.index = l.index and p.index >= $1
        where l.index >= $1
        order by l.index
        limit $2
        """
    )

    static let orphans = Statement(
        "look for payloads without a leaf",
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
            select case l.event
                when 'recorded' then l.state || coalesce(' ' || l.outcome, '')
                when 'set_aside' then l.state
                else l.event end as leaf_says
            from dsr.evidence_leaves l
            where l.request_id = r.id and l.event in ('recorded', 'refused', 'reopened', 'cancelled', 'set_aside')
            order by l.index desc
            limit 1
        ) said on true
        where r.id > $1
          and case
              when dsr.is_closed(r.state)
                  then said.leaf_says is distinct from
                      -- An outcome that was found before an operator closed the request is not how it ended.
                      case when r.state in ('refused', 'cancelled') then r.state else r.state || coalesce(' ' || r.outcome, '') end
              when r.admitted_at is not null
                  then not exists (select from dsr.evidence_leaves l where l.request_id = r.id)
              else false
          end
        order by r.id
        limit $2
        """
    )
}
