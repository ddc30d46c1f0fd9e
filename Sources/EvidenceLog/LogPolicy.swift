/// Whom a reader of proofs trusts.
public struct LogPolicy: Sendable, Hashable {
    /// The log's key.
    public let log: VerifierKey
    /// The log's name in its checkpoints.
    public let origin: KeyName
    /// The keys of all those who must have signed besides the log.
    public let witnesses: [VerifierKey]

    /// A policy.
    ///
    /// - Parameters:
    ///   - log: the log's key, of type 0x01.
    ///   - origin: the log's name, where it is not that of its key.
    ///   - witnesses: who must have signed besides the log, by cosignatures or as second signers of the note.
    /// - Throws: `unsuitableKey` if the log's key is one for cosignatures.
    public init(
        log: VerifierKey,
        origin: KeyName? = nil,
        witnesses: [VerifierKey] = []
    ) throws(EvidenceLogError) {
        guard log.algorithm == .ed25519 else {
            throw EvidenceLogError(.unsuitableKey, "the key \(log.name)+\(log.id) is a witness's, not a log's")
        }
        self.log = log
        self.origin = origin ?? log.name
        self.witnesses = witnesses
    }

    /// Checks that a note is a checkpoint of this log, signed by everybody who has to.
    ///
    /// - Returns: the checkpoint, and the signatures that hold.
    /// - Throws: `invalidSignature`, `missingSignature`, `malformedCheckpoint` or `wrongOrigin`.
    public func verify(
        _ note: SignedNote
    ) throws(EvidenceLogError) -> (checkpoint: Checkpoint, signatures: [VerifiedSignature]) {
        let signatures = try note.verify(with: Set([log] + witnesses))
        for key in [log] + witnesses where !signatures.contains(where: { $0.key == key }) {
            let role = key == log ? "the log" : "the witness"
            throw EvidenceLogError(.missingSignature, "\(role) \(key.name)+\(key.id) has not signed the checkpoint")
        }
        let checkpoint = try Checkpoint(note)
        guard checkpoint.origin == origin else {
            throw EvidenceLogError(.wrongOrigin, line: 1, "the checkpoint is not one of \(origin)")
        }
        return (checkpoint, signatures)
    }
}
