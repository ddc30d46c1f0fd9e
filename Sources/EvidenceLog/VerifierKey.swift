import Crypto
public import Foundation

/// A public key with its name, which verifies signatures of notes. Its text form is called vkey.
public struct VerifierKey: Sendable, CustomStringConvertible {
    /// The name of the signer.
    public let name: KeyName
    /// The algorithm of its signatures.
    public let algorithm: SignatureAlgorithm
    /// The key's ID, which distinguishes its signatures from those of other keys of the same name.
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

    /// Parses the text of a key, `name+id+base64`, as in `description`.
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

    /// Verifies a signature over the text of a note.
    ///
    /// - Returns: the verified signature; nil if it is another key's, malformed, or does not match the text.
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

/// A signature that was verified.
public struct VerifiedSignature: Sendable, Hashable {
    /// The key of the signature.
    public let key: VerifierKey
    /// The time that a witness states, in seconds since 1970 UTC; nil for other signatures.
    public let timestamp: Int?
}
