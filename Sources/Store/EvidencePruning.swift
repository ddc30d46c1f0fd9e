public import Foundation
import Postgres

extension Store {
    /// Drops the payloads of leaves that were written before an instant, up to the first leaf of an open request. The
    /// hashes stay, and an entry says what was dropped.
    ///
    /// - Returns: The index before which all payloads are dropped, and the number that this call dropped.
    public func pruneEvidence(
        before instant: Date,
        reason: String,
        actor: String
    ) async throws -> (before: Int64, dropped: Int64) {
        try await row(PruningStatements.prune, [instant, reason, actor]) { row in
            (before: try row.decode("before_index"), dropped: try row.decode("dropped"))
        }
    }
}

private enum PruningStatements {
    // No payload of an open request is dropped, nor any payload after it.
    static let prune = Statement(
        "prune the evidence",
        """
        with boundary as materialized (
            select least(
                coalesce((select min(l.index) from dsr.evidence_leaves l where l.written_at >= $1), h.size),
                coalesce((
                    select min(l.index) from dsr.evidence_leaves l join dsr.subject_requests r on r.id = l.request_id
                    where not dsr.is_closed(r.state)
                ), h.size)
            ) as before_index
            from dsr.evidence_head h
        )
        select before_index, dsr.prune_evidence(before_index, $2::text, $3::text) as dropped from boundary
        """
    )
}
