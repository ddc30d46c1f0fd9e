import Foundation

/// The private key with which a witness cosigns checkpoints (signature type 0x04).
///
/// A cosignature states that the checkpoint is the largest that the witness has seen of this log up to the given time,
/// and consistent with all earlier ones; `WitnessState` decides that. Use a key for one witness only, since the witness's
/// name is not signed. The key is a secret: `description`, `dump` and mirrors show only its name and ID.
public struct CosigningKey: Sendable {
    private let secret: SecretKey

    /// Generates a key.
    public init(generating name: KeyName) {
        secret = SecretKey(generating: name, algorithm: .cosignature)
    }

    /// A key from its secret text, `PRIVATE+KEY+name+id+base64`.
    ///
    /// - Throws: `malformedKey`; `unsuitableKey` for a log's key.
    public init(_ secretText: String) throws(EvidenceLogError) {
        secret = try SecretKey(secretText, algorithm: .cosignature)
    }

    /// The key as text, which `init(_:)` parses. Store it as a secret.
    public var secretText: String { secret.text }

    /// The public key.
    public var verifierKey: VerifierKey { secret.verifier }

    /// Signs a checkpoint.
    ///
    /// - Parameter timestamp: the current time, in seconds since 1970 UTC.
    /// - Throws: `outOfRange` for a time before 1970; `signingFailed`.
    public func cosign(_ checkpoint: Checkpoint, timestamp: Int) throws(EvidenceLogError) -> NoteSignature {
        guard timestamp >= 0 else {
            throw EvidenceLogError(.outOfRange, "a cosignature cannot be dated before 1970")
        }
        let message = Cosignature.message(text: Data(checkpoint.text.utf8), timestamp: timestamp)
        let cosignature = Cosignature(timestamp: timestamp, signature: try secret.sign(message))
        return NoteSignature(verifierKey, bytes: cosignature.bytes)
    }
}

extension CosigningKey: CustomStringConvertible, CustomDebugStringConvertible {
    /// The key's name and ID, without the secret.
    public var description: String { secret.description }
    /// The description, without the secret.
    public var debugDescription: String { description }
}
