/// The keys that a reader of proofs trusts, and whose signatures it requires.
public struct LogPolicy: Sendable, Hashable {
    /// The log's key.
    public let log: VerifierKey
    /// The log's name in its checkpoints.
    public let origin: KeyName
    /// The keys whose signatures are required in addition to the log's.
    public let witnesses: [VerifierKey]

    /// A policy.
    ///
    /// - Parameters:
    ///   - log: the log's key, of type 0x01.
    ///   - origin: the log's name, if it differs from the name of its key.
    ///   - witnesses: the keys whose signatures are required in addition, as cosignatures or as second signatures.
    /// - Throws: `unsuitableKey` if the log's key is a witness's key.
    public init(
        log: VerifierKey,
        origin: KeyName? = nil,
        witnesses: [VerifierKey] = []
    ) throws(EvidenceLogError) {
        guard log.algorithm == .ed25519 else {
            throw EvidenceLogError(
                .unsuitableKey,
                "the key \(log.name)+\(log.id) is a witness's key, but a log's key is required"
            )
        }
        self.log = log
        self.origin = origin ?? log.name
        self.witnesses = witnesses
    }

    /// Verifies that a note is a checkpoint of this log with all required signatures.
    ///
    /// - Returns: the checkpoint, and the valid signatures.
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
            throw EvidenceLogError(.wrongOrigin, line: 1, "the checkpoint does not belong to the log \(origin)")
        }
        return (checkpoint, signatures)
    }
}
