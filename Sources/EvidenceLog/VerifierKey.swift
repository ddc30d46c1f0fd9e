import Crypto
public import Foundation

/// A public key with its name, by which signatures of notes are checked. Its text form is called vkey.
public struct VerifierKey: Sendable, CustomStringConvertible {
    /// Who signs.
    public let name: KeyName
    /// What is signed.
    public let algorithm: SignatureAlgorithm
    /// What tells this key's signatures from those of others with the same name.
    public let id: KeyID

    private let key: Curve25519.Signing.PublicKey

    /// A key from the 32 bytes of an Ed25519 public key (RFC 8032).
    ///
    /// - Throws: `malformedKey` for another number of bytes.
    public init(name: KeyName, algorithm: SignatureAlgorithm, publicKey: Data) throws(EvidenceLogError) {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else {
            throw EvidenceLogError(.malformedKey, "an Ed25519 key has 32 bytes, not \(publicKey.count)")
        }
        self.init(name: name, algorithm: algorithm, key: key)
    }

    /// A key from its text, `name+id+base64`, as `description` gives it.
    ///
    /// - Throws: `malformedKey`.
    public init(_ text: String) throws(EvidenceLogError) {
        let parts = try KeyText(text)
        try self.init(name: parts.name, algorithm: parts.algorithm, publicKey: parts.key)
        try parts.require(id: id)
    }

    init(name: KeyName, algorithm: SignatureAlgorithm, key: Curve25519.Signing.PublicKey) {
        self.name = name
        self.algorithm = algorithm
        self.key = key
        id = KeyID(name: name, algorithm: algorithm, publicKey: key.rawRepresentation)
    }

    /// The 32 bytes of the public key.
    public var publicKey: Data { key.rawRepresentation }

    /// The key's text.
    public var description: String {
        KeyText(name: name, id: id, algorithm: algorithm, key: publicKey).text
    }

    /// Checks a signature over the text of a note.
    ///
    /// - Returns: what the signature says, or nil when it is another key's, is misshapen or does not fit the text.
    public func verify(_ signature: NoteSignature, text: Data) -> VerifiedSignature? {
        guard signature.name == name, signature.keyID == id else { return nil }
        switch algorithm {
        case .ed25519:
            guard key.isValidSignature(signature.bytes, for: text) else { return nil }
            return VerifiedSignature(key: self, timestamp: nil)
        case .cosignature:
            guard let cosignature = Cosignature(signature.bytes),
                key.isValidSignature(
                    cosignature.signature,
                    for: Cosignature.message(text: text, timestamp: cosignature.timestamp)
                )
            else { return nil }
            return VerifiedSignature(key: self, timestamp: cosignature.timestamp)
        }
    }
}

extension VerifierKey: Hashable {
    /// Whether two keys have the same name, algorithm and bytes.
    public static func == (left: VerifierKey, right: VerifierKey) -> Bool {
        left.name == right.name && left.algorithm == right.algorithm && left.publicKey == right.publicKey
    }

    /// Hashes the name and the ID.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(id)
    }
}

/// A signature that was checked and holds.
public struct VerifiedSignature: Sendable, Hashable {
    /// The key that made it.
    public let key: VerifierKey
    /// When a witness says to have seen the checkpoint, in seconds since 1970 UTC; nil for other signatures.
    public let timestamp: Int?
}
