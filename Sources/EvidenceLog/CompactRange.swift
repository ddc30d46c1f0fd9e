/// The minimal state from which a tree can grow: the roots of its complete subtrees.
///
/// The number of hashes is the number of one-bits in the size. Appending a leaf takes amortised constant time.
public struct CompactRange: Hashable, Sendable {
    /// The largest size of a tree that can be continued, so that appending never overflows in practice.
    public static let maximumSize = 1 << 62

    /// The number of leaves.
    public private(set) var size: Int
    /// The roots of the complete subtrees, largest first: one for each one-bit of `size`.
    public private(set) var subtrees: [TreeHash]

    /// The tree without leaves.
    public init() {
        size = 0
        subtrees = []
    }

    /// An existing tree.
    ///
    /// - Parameters:
    ///   - size: the number of leaves.
    ///   - subtrees: the roots of its complete subtrees, largest first.
    /// - Throws: `outOfRange` for a size that is negative or above `maximumSize`, or for a number of hashes that does
    ///   not match the size.
    public init(size: Int, subtrees: [TreeHash]) throws(EvidenceLogError) {
        guard (0...Self.maximumSize).contains(size) else {
            throw EvidenceLogError(.outOfRange, "a tree of size \(size) cannot be continued")
        }
        guard subtrees.count == size.nonzeroBitCount else {
            throw EvidenceLogError(
                .outOfRange,
                "a tree of size \(size) has \(size.nonzeroBitCount) complete subtrees, not \(subtrees.count)"
            )
        }
        self.size = size
        self.subtrees = subtrees
    }

    /// Adds the hash of the next leaf.
    public mutating func append(_ leaf: TreeHash) {
        var subtree = leaf
        for _ in 0..<(~size).trailingZeroBitCount {
            subtree = .node(subtrees.removeLast(), subtree)
        }
        subtrees.append(subtree)
        size += 1
    }

    /// The hash of the whole tree.
    public var root: TreeHash { .root(of: subtrees) }
}
