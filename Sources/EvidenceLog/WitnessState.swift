/// The state that a witness keeps of one log, and the rules for signing the next checkpoint (c2sp.org/tlog-witness).
///
/// A witness never signs two inconsistent checkpoints. To ensure this, store the checkpoint of a `sign` decision as the
/// latest before the cosignature is published, and make no other decision about the same log in between.
public struct WitnessState: Hashable, Sendable {
    /// The log's key.
    public let log: VerifierKey
    /// The log's name in its checkpoints.
    public let origin: KeyName
    /// The last checkpoint that the witness signed; nil if there is none.
    public let latest: Checkpoint?

    /// The state of a witness.
    ///
    /// - Throws: `unsuitableKey` if the log's key is a witness's key; `wrongOrigin` if the latest checkpoint is another
    ///   log's.
    public init(
        log: VerifierKey,
        origin: KeyName? = nil,
        latest: Checkpoint?
    ) throws(EvidenceLogError) {
        let policy = try LogPolicy(log: log, origin: origin)
        if let latest, latest.origin != policy.origin {
            throw EvidenceLogError(.wrongOrigin, "the latest checkpoint does not belong to the log \(policy.origin)")
        }
        self.log = log
        self.origin = policy.origin
        self.latest = latest
    }

    /// Decides whether to sign a new checkpoint.
    ///
    /// - Parameters:
    ///   - note: the checkpoint, signed by the log.
    ///   - oldSize: the size of the checkpoint that the log states as this witness's latest; 0 for none.
    ///   - hashes: the consistency proof from the old size to the new checkpoint; empty if the old size is 0 or the new
    ///     size.
    public func decide(_ note: SignedNote, oldSize: Int, hashes: [TreeHash]) -> WitnessDecision {
        let new: Checkpoint
        do {
            new = try Checkpoint(note)
        } catch {
            return .refuse(.malformedCheckpoint(error))
        }
        guard new.origin == origin else { return .refuse(.unknownOrigin) }
        do {
            _ = try note.verify(with: [log])
        } catch {
            return .refuse(.badSignature(error))
        }
        guard oldSize >= 0, oldSize <= new.size else {
            return .refuse(.shrinking(oldSize: oldSize, newSize: new.size))
        }
        guard oldSize == latest?.size ?? 0 else {
            return .refuse(.otherOldSize(claimed: oldSize, latest: latest?.size ?? 0))
        }
        if let latest, latest.size == new.size, latest.root != new.root {
            return .refuse(.otherRoot(size: new.size))
        }
        do {
            try proveConsistency(of: new, hashes: hashes)
        } catch {
            return .refuse(.badProof(error))
        }
        return .sign(new)
    }

    private func proveConsistency(of new: Checkpoint, hashes: [TreeHash]) throws(EvidenceLogError) {
        guard let latest, latest.size > 0 else {
            guard hashes.isEmpty else {
                throw EvidenceLogError(.consistencyNotProven, "the proof from an empty tree must be empty, and is not")
            }
            return
        }
        try ConsistencyProof(oldSize: latest.size, newSize: new.size, hashes: hashes)
            .verify(oldRoot: latest.root, newRoot: new.root)
    }
}

/// The decision of a witness about a checkpoint.
public enum WitnessDecision: Hashable, Sendable {
    /// Store the checkpoint as the latest, then sign it.
    case sign(Checkpoint)
    /// Change nothing.
    case refuse(WitnessRefusal)
}

/// The reason why a witness does not sign a checkpoint.
public enum WitnessRefusal: Hashable, Sendable {
    /// The note's text is not a checkpoint.
    case malformedCheckpoint(EvidenceLogError)
    /// The checkpoint belongs to another log.
    case unknownOrigin
    /// The log did not sign it.
    case badSignature(EvidenceLogError)
    /// The old size is negative or larger than the new size.
    case shrinking(oldSize: Int, newSize: Int)
    /// The witness's latest checkpoint has a different size than the log states.
    case otherOldSize(claimed: Int, latest: Int)
    /// The witness signed a checkpoint of this size with a different root: the log presents different histories. Keep the
    /// note as the proof.
    case otherRoot(size: Int)
    /// The proof does not show that the old tree is a prefix of the new tree.
    case badProof(EvidenceLogError)

    /// The HTTP status of a witness's response.
    public var httpStatus: Int {
        switch self {
        case .malformedCheckpoint, .shrinking: 400
        case .badSignature: 403
        case .unknownOrigin: 404
        case .otherOldSize, .otherRoot: 409
        case .badProof: 422
        }
    }
}

extension WitnessRefusal: CustomStringConvertible {
    /// The reason in one sentence.
    public var description: String {
        switch self {
        case .malformedCheckpoint(let error), .badSignature(let error), .badProof(let error):
            error.description
        case .unknownOrigin:
            "the checkpoint belongs to a log that this witness does not know"
        case .shrinking(let oldSize, let newSize):
            "a log cannot grow from size \(oldSize) to size \(newSize)"
        case .otherOldSize(let claimed, let latest):
            "the witness's latest checkpoint has size \(latest), not \(claimed)"
        case .otherRoot(let size):
            "the log has signed two different trees of size \(size)"
        }
    }
}
