import Foundation

/// The private key by which a witness confirms that it has seen a checkpoint (signature type 0x04).
///
/// Who cosigns says: of all consistent trees of this log that I saw until then, this is the largest. Ask
/// `WitnessState` before. A key is for one witness only, since its name is not among what is signed. A secret: neither
/// `description` nor `dump` nor a mirror shows more than its name and ID.
public struct CosigningKey: Sendable {
    private let secret: SecretKey

    /// Makes a new key.
    public init(generating name: KeyName) {
        secret = SecretKey(generating: name, algorithm: .cosignature)
    }

    /// A key from its secret text, `PRIVATE+KEY+name+id+base64`.
    ///
    /// - Throws: `malformedKey`; `unsuitableKey` for a log's key.
    public init(_ secretText: String) throws(EvidenceLogError) {
        secret = try SecretKey(secretText, algorithm: .cosignature)
    }

    /// The text from which the key can be read again. Keep it where secrets are kept.
    public var secretText: String { secret.text }

    /// The public half, to give to everybody.
    public var verifierKey: VerifierKey { secret.verifier }

    /// Confirms a checkpoint.
    ///
    /// - Parameter timestamp: the time of now, in seconds since 1970 UTC.
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
    /// The key's name and ID, and nothing of the secret.
    public var description: String { secret.description }
    /// The same.
    public var debugDescription: String { description }
}
