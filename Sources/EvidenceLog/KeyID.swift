import Crypto
public import Foundation

/// The algorithm of a signature, which also determines what is signed.
public enum SignatureAlgorithm: UInt8, Sendable, Hashable, CaseIterable {
    /// Ed25519 over the text of a note.
    case ed25519 = 0x01
    /// Ed25519 over a checkpoint and the time of the cosignature (c2sp.org/tlog-cosignature).
    case cosignature = 0x04
}

/// The four bytes that, with the key's name, identify the key of a signature. They prove nothing.
public struct KeyID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The four bytes, most significant first.
    public let rawValue: UInt32

    /// An ID from its four bytes.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The first four bytes of SHA-256 over the name, a newline, the algorithm and the public key
    /// (c2sp.org/signed-note, "Signatures").
    public init(name: KeyName, algorithm: SignatureAlgorithm, publicKey: some DataProtocol) {
        var hasher = SHA256()
        hasher.update(data: Array(name.description.utf8))
        hasher.update(data: [0x0A, algorithm.rawValue])
        hasher.update(data: publicKey)
        self.init(hasher.finalize().prefix(4))
    }

    init(_ bytes: some Sequence<UInt8>) {
        rawValue = bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    var bytes: [UInt8] {
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: rawValue >> $0) }
    }

    /// Eight lower-case hexadecimal digits.
    public var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
