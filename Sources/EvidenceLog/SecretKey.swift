import Crypto
import Foundation

/// An Ed25519 private key with its name. It shows itself to nobody but who asks for `text`.
struct SecretKey: Sendable {
    let verifier: VerifierKey
    private let key: Curve25519.Signing.PrivateKey

    /// Makes a new key out of the system's randomness.
    init(generating name: KeyName, algorithm: SignatureAlgorithm) {
        self.init(name: name, algorithm: algorithm, key: Curve25519.Signing.PrivateKey())
    }

    /// Reads `PRIVATE+KEY+name+id+base64(algorithm ‖ seed)`, the form that Go's `sumdb/note` uses. Its ID is the one of
    /// the public key.
    init(_ text: String, algorithm: SignatureAlgorithm) throws(EvidenceLogError) {
        guard text.utf8.starts(with: Self.prefix.utf8) else {
            throw EvidenceLogError(.malformedKey, "a private key begins with \(Self.prefix)")
        }
        let parts = try KeyText(String(decoding: text.utf8.dropFirst(Self.prefix.utf8.count), as: UTF8.self))
        guard parts.algorithm == algorithm else {
            throw EvidenceLogError(
                .unsuitableKey,
                "the private key is of type \(parts.algorithm.rawValue), needed is \(algorithm.rawValue)"
            )
        }
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: parts.key) else {
            throw EvidenceLogError(.malformedKey, "the seed in the private key cannot be used")
        }
        self.init(name: parts.name, algorithm: algorithm, key: key)
        try parts.require(id: verifier.id)
    }

    private init(name: KeyName, algorithm: SignatureAlgorithm, key: Curve25519.Signing.PrivateKey) {
        self.key = key
        verifier = VerifierKey(name: name, algorithm: algorithm, key: key.publicKey)
    }

    private static let prefix = "PRIVATE+KEY+"

    var text: String {
        let parts = KeyText(
            name: verifier.name,
            id: verifier.id,
            algorithm: verifier.algorithm,
            key: key.rawRepresentation
        )
        return Self.prefix + parts.text
    }

    /// An Ed25519 signature, 64 bytes.
    func sign(_ message: Data) throws(EvidenceLogError) -> Data {
        do {
            return try key.signature(for: message)
        } catch {
            throw EvidenceLogError(.signingFailed, "the platform's cryptography could not make a signature")
        }
    }
}

extension SecretKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "private key of \(verifier.name)+\(verifier.id)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
