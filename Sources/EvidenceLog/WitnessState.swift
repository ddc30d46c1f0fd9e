/// What a witness remembers of one log, and the rules by which it confirms the next checkpoint (c2sp.org/tlog-witness).
///
/// A witness never confirms two checkpoints of which one is not the beginning of the other. For that, store the
/// checkpoint of a `sign` decision as the latest before the cosignature leaves, and let nobody else decide on the same
/// log in between.
public struct WitnessState: Hashable, Sendable {
    /// The log's key.
    public let log: VerifierKey
    /// The log's name in its checkpoints.
    public let origin: KeyName
    /// The last checkpoint that was confirmed, if any was.
    public let latest: Checkpoint?

    /// What a witness remembers.
    ///
    /// - Throws: `unsuitableKey` if the log's key is one for cosignatures; `wrongOrigin` if the latest checkpoint is
    ///   another log's.
    public init(
        log: VerifierKey,
        origin: KeyName? = nil,
        latest: Checkpoint?
    ) throws(EvidenceLogError) {
        let policy = try LogPolicy(log: log, origin: origin)
        if let latest, latest.origin != policy.origin {
            throw EvidenceLogError(.wrongOrigin, "the latest checkpoint is not one of \(policy.origin)")
        }
        self.log = log
        self.origin = policy.origin
        self.latest = latest
    }

    /// Decides on a new checkpoint.
    ///
    /// - Parameters:
    ///   - note: the checkpoint, signed by the log.
    ///   - oldSize: the size of the checkpoint that the log believes to be the latest here; 0 for none.
    ///   - hashes: the consistency proof from there to the new checkpoint; empty when there is nothing to prove.
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
                throw EvidenceLogError(.consistencyNotProven, "from the empty tree there is nothing to prove")
            }
            return
        }
        try ConsistencyProof(oldSize: latest.size, newSize: new.size, hashes: hashes)
            .verify(oldRoot: latest.root, newRoot: new.root)
    }
}

/// What a witness does with a checkpoint.
public enum WitnessDecision: Hashable, Sendable {
    /// Store the checkpoint as the latest, then confirm it.
    case sign(Checkpoint)
    /// Change nothing.
    case refuse(WitnessRefusal)
}

/// Why a witness does not confirm a checkpoint.
public enum WitnessRefusal: Hashable, Sendable {
    /// The note's text is not a checkpoint.
    case malformedCheckpoint(EvidenceLogError)
    /// The checkpoint is another log's.
    case unknownOrigin
    /// The log did not sign it.
    case badSignature(EvidenceLogError)
    /// The old size is not one that a tree of the new size can have grown from.
    case shrinking(oldSize: Int, newSize: Int)
    /// The latest checkpoint here is of another size than the log believes.
    case otherOldSize(claimed: Int, latest: Int)
    /// There already is a checkpoint of this size, with another root: the log shows different things to different
    /// people. Keep the note, it is the proof.
    case otherRoot(size: Int)
    /// The new tree is not shown to begin with the old one.
    case badProof(EvidenceLogError)

    /// The status by which a witness answers over HTTP.
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
            "the checkpoint is of a log that this witness does not know"
        case .shrinking(let oldSize, let newSize):
            "a log does not grow from size \(oldSize) to \(newSize)"
        case .otherOldSize(let claimed, let latest):
            "the latest checkpoint here has size \(latest), not \(claimed)"
        case .otherRoot(let size):
            "the log has signed two different trees of size \(size)"
        }
    }
}
