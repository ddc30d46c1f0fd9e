public import EvidenceLog
import Foundation
public import Store

/// Makes the proof that one request's evidence is in the log, for somebody without a database.
public struct Receipts: Sendable {
    let store: Store
    let log: VerifierKey
    let directory: CheckpointDirectory?

    /// - Parameters:
    ///   - log: The log's key; a receipt is checked before it is handed out.
    ///   - directory: Where heads are filed; a filed head may bear witnesses' signatures.
    public init(store: Store, log: VerifierKey, directory: CheckpointDirectory?) {
        self.store = store
        self.log = log
        self.directory = directory
    }

    /// The receipt of a request: its last leaf, that leaf's place in the log, and a signed head over it.
    ///
    /// - Throws: ``NotaryError`` `.notThere` where the request has no final leaf, its payload was dropped, or no
    ///   signed head covers it yet.
    public func receipt(of request: Int64) async throws(NotaryError) -> LogProof {
        let leaf = try await finalLeaf(of: request)
        guard let payload = leaf.payload else {
            throw NotaryError(
                .notThere,
                "the evidence of request \(request) was dropped when its retention was over; a receipt made before "
                    + "still holds"
            )
        }
        let head = try await head(over: leaf.index, of: request)
        let index = Int(leaf.index)
        do {
            let size = try Checkpoint(head).size
            let tiles = try await store.evidenceTiles(InclusionProof.tiles(index: index, size: size))
            let inclusion = try InclusionProof(index: index, size: size, tiles: TileSet(tiles))
            let proof = try LogProof(extra: payload, index: index, hashes: inclusion.hashes, note: head)
            _ = try proof.verify(leaf: .leaf(payload), policy: LogPolicy(log: log))
            return proof
        } catch let error as EvidenceLogError {
            throw NotaryError(
                error,
                while: "the receipt of request \(request) would not hold; run 'dsr evidence verify'"
            )
        } catch let error as NotaryError {
            throw error
        } catch {
            throw NotaryError(.store, "the tiles could not be read")
        }
    }

    private func finalLeaf(of request: Int64) async throws(NotaryError) -> FinalLeaf {
        let leaf: FinalLeaf?
        do throws(StoreError) {
            leaf = try await store.finalLeaf(of: request)
        } catch {
            throw NotaryError(error)
        }
        guard let leaf else {
            throw NotaryError(
                .notThere,
                "request \(request) has not ended, or there is none; a receipt is of how it ended"
            )
        }
        return leaf
    }

    private func head(over index: Int64, of request: Int64) async throws(NotaryError) -> SignedNote {
        let stored: StoredCheckpoint?
        do throws(StoreError) {
            stored = try await store.lastCheckpoint()
        } catch {
            throw NotaryError(error)
        }
        guard let stored, stored.size > index else {
            throw NotaryError(
                .notThere,
                "no signed head covers request \(request) yet; 'dsr evidence checkpoint' signs one"
            )
        }
        let filed = try? directory?.read(CheckpointDirectory.name(Int(stored.size))).note
        do {
            return try SignedNote(text: filed ?? stored.note)
        } catch {
            throw NotaryError(error, while: "the last checkpoint")
        }
    }
}
