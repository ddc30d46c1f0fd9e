import Crypto
public import Foundation

/// A SHA-256 hash in a Merkle tree: of a leaf, of an interior node, or the root. Always 32 bytes.
///
/// Leaves and nodes are hashed with different prefixes, so that one cannot be presented as the other
/// (RFC 6962, section 2.1; RFC 9162, section 2.1.1).
public struct TreeHash: Hashable, Sendable {
    /// The number of bytes of a hash.
    public static let byteCount = 32

    // The 32 bytes in memory order, so that a hash needs no allocation and can be passed to SHA-256 directly.
    private let words: Words

    private struct Words: Hashable {
        let first, second, third, fourth: UInt64
    }

    /// A hash from 32 bytes; nil for any other number.
    public init?(_ bytes: some DataProtocol) {
        guard bytes.count == Self.byteCount else { return nil }
        self = Array(bytes).withUnsafeBytes(Self.init(unchecked:))
    }

    /// A hash from padded, canonical base64; nil for anything else.
    public init?(base64: String) {
        guard let bytes = Data(canonicalBase64: base64) else { return nil }
        self.init(bytes)
    }

    private init(unchecked bytes: UnsafeRawBufferPointer) {
        words = Words(
            first: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
            second: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
            third: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
            fourth: bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
        )
    }

    /// The 32 bytes.
    public var data: Data {
        withUnsafeBytes { Data($0) }
    }

    /// The bytes in padded base64, as in notes and proofs.
    public var base64: String {
        data.base64EncodedString()
    }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        Swift.withUnsafeBytes(of: words, body)
    }
}

extension TreeHash: CustomStringConvertible {
    /// The bytes in padded base64.
    public var description: String { base64 }
}

extension TreeHash {
    /// The root of the tree without leaves: the hash of no bytes. It differs from the hash of an empty leaf.
    public static let empty = TreeHash(SHA256())

    /// The hash of a leaf with the given content.
    public static func leaf(_ content: some DataProtocol) -> TreeHash {
        var hasher = SHA256(prefix: 0x00)
        hasher.update(data: content)
        return TreeHash(hasher)
    }

    /// The hash of the node above two others.
    public static func node(_ left: TreeHash, _ right: TreeHash) -> TreeHash {
        var hasher = SHA256(prefix: 0x01)
        left.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        right.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        return TreeHash(hasher)
    }

    private init(_ hasher: SHA256) {
        self = hasher.finalize().withUnsafeBytes(Self.init(unchecked:))
    }
}

extension SHA256 {
    fileprivate init(prefix: UInt8) {
        self.init()
        withUnsafeBytes(of: prefix) { update(bufferPointer: $0) }
    }
}
