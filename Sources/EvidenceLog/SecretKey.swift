import Crypto
import Foundation

/// An Ed25519 private key with its name. Only `text` contains the secret.
struct SecretKey: Sendable {
    let verifier: VerifierKey
    private let key: Curve25519.Signing.PrivateKey

    /// Generates a key from the system's random number generator.
    init(generating name: KeyName, algorithm: SignatureAlgorithm) {
        self.init(name: name, algorithm: algorithm, key: Curve25519.Signing.PrivateKey())
    }

    /// Parses `PRIVATE+KEY+name+id+base64(algorithm ‖ seed)`, the format of Go's `sumdb/note`. The ID is that of the
    /// public key.
    init(_ text: String, algorithm: SignatureAlgorithm) throws(EvidenceLogError) {
        guard text.utf8.starts(with: Self.prefix.utf8) else {
            throw EvidenceLogError(.malformedKey, "a private key starts with \(Self.prefix)")
        }
        let parts = try KeyText(String(decoding: text.utf8.dropFirst(Self.prefix.utf8.count), as: UTF8.self))
        guard parts.algorithm == algorithm else {
            throw EvidenceLogError(
                .unsuitableKey,
                "the private key has type \(parts.algorithm.rawValue), but type \(algorithm.rawValue) is required"
            )
        }
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: parts.key) else {
            throw EvidenceLogError(.malformedKey, "the seed in the private key is invalid")
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
            throw EvidenceLogError(.signingFailed, "the platform's cryptography library failed to create a signature")
        }
    }
}

extension SecretKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "private key of \(verifier.name)+\(verifier.id)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
