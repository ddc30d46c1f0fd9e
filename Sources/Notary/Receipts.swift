public import EvidenceLog
import Foundation
public import Store

/// Makes receipts: proofs, checked without a database, that the final log entry of a request is in the log.
public struct Receipts: Sendable {
    let store: Store
    let log: [VerifierKey]
    let directory: CheckpointDirectory?

    /// Receipts from one log.
    ///
    /// - Parameters:
    ///   - log: The log's keys, with which a receipt is verified before it is returned.
    ///   - directory: The checkpoint files, which may have cosignatures of witnesses.
    public init(store: Store, log: [VerifierKey], directory: CheckpointDirectory?) {
        self.store = store
        self.log = log
        self.directory = directory
    }

    /// The receipt of a request: its final log entry, the entry's index, and a signed checkpoint that covers it.
    ///
    /// - Throws: ``NotaryError`` `.inconsistent` if the rows of the request do not match its entries; `.notFound` if the
    ///   request has no final entry, its payload was dropped, or no signed
    ///   checkpoint covers it yet.
    public func receipt(of request: Int64) async throws -> LogProof {
        guard let leaf = try await store.finalLeaf(of: request) else {
            throw NotaryError(
                .notFound,
                "request \(request) does not exist or is not finished; a receipt proves how a request ended"
            )
        }
        try await requireAgreement(on: request)
        guard let payload = leaf.payload else {
            throw NotaryError(
                .notFound,
                "the evidence of request \(request) was dropped after its retention period; an earlier receipt is still "
                    + "valid"
            )
        }
        let note = try await checkpoint(over: leaf.index, of: request)
        let index = Int(leaf.index)
        let size = try NotaryError.checking("the last checkpoint is invalid") { try Checkpoint(note).size }
        let tiles = try await store.evidenceTiles(InclusionProof.tiles(index: index, size: size))
        return try NotaryError.checking(
            "a receipt of request \(request) would be invalid, 'dsr evidence verify' lists the reasons"
        ) {
            let inclusion = try InclusionProof(index: index, size: size, tiles: TileSet(tiles))
            let proof = try LogProof(extra: payload, index: index, hashes: inclusion.hashes, note: note)
            _ = try proof.verify(leaf: .leaf(payload), policy: LogPolicy(logs: log))
            return proof
        }
    }

    /// Checks that the rows of a request say what its log entries say.
    ///
    /// - Throws: ``NotaryError`` `.inconsistent`.
    private func requireAgreement(on request: Int64) async throws {
        let rows = try await store.auditedRequests(after: request - 1, limit: 1).filter { $0.id == request }
        let differing = try await store.discrepancies(after: request - 1, limit: 1).filter { $0.request == request }
        guard rows.allSatisfy(\.problems.isEmpty), differing.isEmpty else {
            throw NotaryError(
                .inconsistent,
                "request \(request) and its log entries do not match, so nothing is proven; 'dsr evidence verify' lists what "
                    + "differs"
            )
        }
    }

    /// The last checkpoint, from its file if there is one.
    private func checkpoint(over index: Int64, of request: Int64) async throws -> SignedNote {
        guard let stored = try await store.lastCheckpoint(), stored.size > index else {
            throw NotaryError(
                .notFound,
                "no signed checkpoint covers request \(request) yet; 'dsr evidence checkpoint' signs one"
            )
        }
        let filed = try? directory?.read(CheckpointDirectory.name(Int(stored.size))).note
        return try NotaryError.checking("the last checkpoint is invalid") {
            try SignedNote(text: filed ?? stored.note)
        }
    }
}
