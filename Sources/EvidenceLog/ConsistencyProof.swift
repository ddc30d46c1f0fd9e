/// The proof that a tree is a prefix of a larger tree (RFC 9162, section 2.1.4).
public struct ConsistencyProof: Hashable, Sendable {
    /// The number of leaves in the smaller tree.
    public let oldSize: Int
    /// The number of leaves in the larger tree.
    public let newSize: Int
    /// The hashes in the order of RFC 6962: innermost first.
    public let hashes: [TreeHash]

    /// A proof from its hashes. Nothing is checked until `verify(oldRoot:newRoot:)`.
    public init(oldSize: Int, newSize: Int, hashes: [TreeHash]) {
        self.oldSize = oldSize
        self.newSize = newSize
        self.hashes = hashes
    }

    /// Creates a proof.
    ///
    /// - Parameter tiles: at least the tiles of `tiles(oldSize:newSize:)`.
    /// - Throws: `outOfRange` unless the old size is at least 1 and not above the new one; `missingTile`.
    public init(oldSize: Int, newSize: Int, tiles: TileSet) throws(EvidenceLogError) {
        var hashes: [TreeHash] = []
        for range in try Self.ranges(oldSize: oldSize, newSize: newSize) {
            hashes.append(try tiles.root(of: range))
        }
        self.init(oldSize: oldSize, newSize: newSize, hashes: hashes)
    }

    /// The tiles needed to create a proof, by level and from left to right: tiles of the larger tree, at most two per
    /// level.
    ///
    /// - Throws: `outOfRange` unless the old size is at least 1 and not above the new one.
    public static func tiles(oldSize: Int, newSize: Int) throws(EvidenceLogError) -> [TileCoordinate] {
        let ranges = try ranges(oldSize: oldSize, newSize: newSize)
        return TileLayout.tiles(holding: ranges.flatMap(\.completeSubtrees), size: newSize)
    }

    /// Verifies that the tree with the old root is a prefix of the tree with the new root.
    ///
    /// Every tree is consistent with the empty tree, which no proof can show, so an old size of 0 is rejected. The proof
    /// does not authenticate the sizes: take them from the checkpoints that contain the roots.
    ///
    /// - Throws: `outOfRange` unless the old size is at least 1 and not above the new one; `consistencyNotProven`.
    public func verify(oldRoot: TreeHash, newRoot: TreeHash) throws(EvidenceLogError) {
        try Self.check(oldSize: oldSize, newSize: newSize)
        if oldSize == newSize {
            try require(hashes.isEmpty, "the proof between two trees of size \(oldSize) must be empty, and is not")
            try require(oldRoot == newRoot, "two trees of size \(oldSize) have different roots")
            return
        }
        try require(!hashes.isEmpty, "the proof is empty")

        // A complete old tree is itself a node of the new tree. Its hash is not in the proof, since the verifier has it.
        let oldIsComplete = oldSize.nonzeroBitCount == 1
        let skipped = (oldSize - 1).trailingOneBitCount
        var node = (oldSize - 1) >> skipped
        var last = (newSize - 1) >> skipped
        var old = oldIsComplete ? oldRoot : hashes[0]
        var new = old
        for hash in hashes.dropFirst(oldIsComplete ? 0 : 1) {
            try require(last != 0, "the proof has \(hashes.count) hashes, too many for sizes \(oldSize) and \(newSize)")
            if node & 1 == 1 || node == last {
                old = .node(hash, old)
                new = .node(hash, new)
                while node & 1 == 0 && node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                new = .node(new, hash)
            }
            node >>= 1
            last >>= 1
        }
        try require(last == 0, "the proof has \(hashes.count) hashes, too few for sizes \(oldSize) and \(newSize)")
        try require(old == oldRoot, "the proof does not lead to the root of the tree of size \(oldSize)")
        try require(new == newRoot, "the proof does not lead to the root of the tree of size \(newSize)")
    }

    private func require(
        _ condition: Bool,
        _ problem: @autoclosure () -> String
    ) throws(EvidenceLogError) {
        if !condition { throw EvidenceLogError(.consistencyNotProven, problem()) }
    }

    private static func check(oldSize: Int, newSize: Int) throws(EvidenceLogError) {
        guard oldSize >= 1, oldSize <= newSize else {
            throw EvidenceLogError(
                .outOfRange,
                "a consistency proof needs 1 <= old size <= new size, not \(oldSize) and \(newSize)"
            )
        }
    }

    /// The ranges of leaves whose hashes are the proof: `SUBPROOF` of RFC 6962, section 2.1.2, without recursion.
    private static func ranges(oldSize: Int, newSize: Int) throws(EvidenceLogError) -> [Range<Int>] {
        try check(oldSize: oldSize, newSize: newSize)
        var parts: [Range<Int>] = []
        var tree = 0..<newSize
        while oldSize < tree.upperBound {
            let left = tree.lowerBound..<tree.division
            let right = tree.division..<tree.upperBound
            parts.append(oldSize <= tree.division ? right : left)
            tree = oldSize <= tree.division ? left : right
        }
        // The verifier has the root of the old tree; any other common part is included.
        if tree.lowerBound > 0 { parts.append(tree) }
        return parts.reversed()
    }
}

extension Int {
    fileprivate var trailingOneBitCount: Int { (~self).trailingZeroBitCount }
}
