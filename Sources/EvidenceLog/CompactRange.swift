/// The least that has to be remembered of a tree so that it can grow: the roots of its complete subtrees.
///
/// A tree of `n` leaves needs as many hashes as `n` has one-bits, and a leaf is appended in amortised constant time.
public struct CompactRange: Hashable, Sendable {
    /// The largest tree that can be continued; it leaves room to append for longer than anyone can.
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

    /// A tree that was grown before.
    ///
    /// - Parameters:
    ///   - size: the number of leaves.
    ///   - subtrees: the roots of its complete subtrees, largest first.
    /// - Throws: `outOfRange` for a size that is negative or above `maximumSize`, or for a number of hashes that does
    ///   not belong to the size.
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
