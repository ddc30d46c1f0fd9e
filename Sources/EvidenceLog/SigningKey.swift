import Foundation

/// The private key by which a log signs its checkpoints, or anyone a note (signature type 0x01).
///
/// A secret: neither `description` nor `dump` nor a mirror shows more than its name and ID.
public struct SigningKey: Sendable {
    private let secret: SecretKey

    /// Makes a new key.
    public init(generating name: KeyName) {
        secret = SecretKey(generating: name, algorithm: .ed25519)
    }

    /// A key from its secret text, `PRIVATE+KEY+name+id+base64`.
    ///
    /// - Throws: `malformedKey`; `unsuitableKey` for a witness's key.
    public init(_ secretText: String) throws(EvidenceLogError) {
        secret = try SecretKey(secretText, algorithm: .ed25519)
    }

    /// The text from which the key can be read again. Keep it where secrets are kept.
    public var secretText: String { secret.text }

    /// The public half, to give to everybody.
    public var verifierKey: VerifierKey { secret.verifier }

    /// Signs a text.
    ///
    /// - Throws: `malformedNote` for a text that no note can have; `signingFailed`.
    public func sign(_ text: String) throws(EvidenceLogError) -> SignedNote {
        let signature = NoteSignature(verifierKey, bytes: try secret.sign(Data(text.utf8)))
        return try SignedNote(text: text, signatures: [signature])
    }

    /// Signs a checkpoint. Never sign two of one log that are not consistent.
    ///
    /// - Throws: `unsuitableKey` unless the key has the name of the log; `signingFailed`.
    public func sign(_ checkpoint: Checkpoint) throws(EvidenceLogError) -> SignedNote {
        guard checkpoint.origin == verifierKey.name else {
            throw EvidenceLogError(.unsuitableKey, "the key \(verifierKey.name) is not that of the checkpoint's log")
        }
        return try sign(checkpoint.text)
    }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible {
    /// The key's name and ID, and nothing of the secret.
    public var description: String { secret.description }
    /// The same.
    public var debugDescription: String { description }
}
