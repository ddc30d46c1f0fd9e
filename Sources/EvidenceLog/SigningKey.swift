import Foundation

/// The private key with which a log signs its checkpoints, and any note can be signed (signature type 0x01).
///
/// The key is a secret: `description`, `dump` and mirrors show only its name and ID.
public struct SigningKey: Sendable {
    private let secret: SecretKey

    /// Generates a key.
    public init(generating name: KeyName) {
        secret = SecretKey(generating: name, algorithm: .ed25519)
    }

    /// A key from its secret text, `PRIVATE+KEY+name+id+base64`.
    ///
    /// - Throws: `malformedKey`; `unsuitableKey` for a witness's key.
    public init(_ secretText: String) throws(EvidenceLogError) {
        secret = try SecretKey(secretText, algorithm: .ed25519)
    }

    /// The key as text, which `init(_:)` parses. Store it as a secret.
    public var secretText: String { secret.text }

    /// The public key.
    public var verifierKey: VerifierKey { secret.verifier }

    /// Signs a text.
    ///
    /// - Throws: `malformedNote` for a text that a note cannot contain; `signingFailed`.
    public func sign(_ text: String) throws(EvidenceLogError) -> SignedNote {
        let signature = NoteSignature(verifierKey, bytes: try secret.sign(Data(text.utf8)))
        return try SignedNote(text: text, signatures: [signature])
    }

    /// Signs a checkpoint. Never sign two inconsistent checkpoints of one log.
    ///
    /// - Throws: `unsuitableKey` unless the key's name is the checkpoint's origin; `signingFailed`.
    public func sign(_ checkpoint: Checkpoint) throws(EvidenceLogError) -> SignedNote {
        guard checkpoint.origin == verifierKey.name else {
            throw EvidenceLogError(
                .unsuitableKey,
                "the key \(verifierKey.name) does not belong to the checkpoint's log"
            )
        }
        return try sign(checkpoint.text)
    }

    /// This key's signature of a note that others have signed too.
    ///
    /// - Throws: `signingFailed`.
    public func signature(of note: SignedNote) throws(EvidenceLogError) -> NoteSignature {
        NoteSignature(verifierKey, bytes: try secret.sign(note.textBytes))
    }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible {
    /// The key's name and ID, without the secret.
    public var description: String { secret.description }
    /// The description, without the secret.
    public var debugDescription: String { description }
}
