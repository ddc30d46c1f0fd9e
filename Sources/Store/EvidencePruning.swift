public import Foundation
import Postgres

extension Store {
    /// Drops the payloads of leaves that were written before an instant, up to the first leaf of an open request. The
    /// hashes stay, and an entry says what was dropped.
    ///
    /// - Returns: The index before which payloads are gone now, and the number of payloads that were dropped.
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
