/// The keys that a reader of proofs trusts, and whose signatures it requires.
public struct LogPolicy: Sendable, Hashable {
    /// The log's keys, of which one must have signed: more than one after the log's key was replaced.
    public let logs: [VerifierKey]
    /// The log's name in its checkpoints.
    public let origin: KeyName
    /// The witnesses whose cosignatures are required in addition to the log's signature.
    public let witnesses: [VerifierKey]

    /// A policy for a log with one key.
    ///
    /// - Throws: as ``init(logs:origin:witnesses:)``.
    public init(
        log: VerifierKey,
        origin: KeyName? = nil,
        witnesses: [VerifierKey] = []
    ) throws(EvidenceLogError) {
        try self.init(logs: [log], origin: origin, witnesses: witnesses)
    }

    /// A policy.
    ///
    /// - Parameters:
    ///   - logs: the log's keys, of type 0x01, at least one; the signature of one of them is required.
    ///   - origin: the log's name, if it differs from the name of its first key.
    ///   - witnesses: the keys, of type 0x04, whose cosignatures are required in addition.
    /// - Throws: `unsuitableKey` if a log's key is a witness's key, if a witness's key is not, or if a witness has the
    ///   key of the log: a log cannot witness itself.
    public init(
        logs: [VerifierKey],
        origin: KeyName? = nil,
        witnesses: [VerifierKey] = []
    ) throws(EvidenceLogError) {
        guard let first = logs.first else { throw EvidenceLogError(.unsuitableKey, "no key of the log is given") }
        for log in logs where log.algorithm != .ed25519 {
            throw EvidenceLogError(
                .unsuitableKey,
                "the key \(log.name)+\(log.id) is a witness's key, but a log's key is required"
            )
        }
        for witness in witnesses where witness.algorithm != .cosignature {
            throw EvidenceLogError(
                .unsuitableKey,
                "the key \(witness.name)+\(witness.id) is a log's key, but a witness's key is required"
            )
        }
        for witness in witnesses where logs.contains(where: { $0.publicKey == witness.publicKey }) {
            throw EvidenceLogError(
                .unsuitableKey,
                "the witness \(witness.name)+\(witness.id) has the key of the log, which cannot witness itself"
            )
        }
        self.logs = logs
        self.origin = origin ?? first.name
        self.witnesses = witnesses
    }

    /// Verifies that a note is a checkpoint of this log with all required signatures.
    ///
    /// - Returns: the checkpoint, and the valid signatures.
    /// - Throws: `invalidSignature`, `missingSignature`, `malformedCheckpoint` or `wrongOrigin`.
    public func verify(
        _ note: SignedNote
    ) throws(EvidenceLogError) -> (checkpoint: Checkpoint, signatures: [VerifiedSignature]) {
        let signatures = try note.verify(with: Set(logs + witnesses))
        guard signatures.contains(where: { logs.contains($0.key) }) else {
            let names = logs.map { "\($0.name)+\($0.id)" }.joined(separator: " or ")
            throw EvidenceLogError(.missingSignature, "the log \(names) has not signed the checkpoint")
        }
        for key in witnesses where !signatures.contains(where: { $0.key == key }) {
            throw EvidenceLogError(
                .missingSignature,
                "the witness \(key.name)+\(key.id) has not signed the checkpoint"
            )
        }
        let checkpoint = try Checkpoint(note)
        guard checkpoint.origin == origin else {
            throw EvidenceLogError(.wrongOrigin, line: 1, "the checkpoint does not belong to the log \(origin)")
        }
        return (checkpoint, signatures)
    }
}
