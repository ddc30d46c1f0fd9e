/// The proof that a leaf has a given index in a tree (RFC 9162, section 2.1.3).
public struct InclusionProof: Hashable, Sendable {
    /// The leaf's index, counted from 0.
    public let index: Int
    /// The number of leaves in the tree.
    public let size: Int
    /// The sibling hashes on the path to the root, the leaf's sibling first.
    public let hashes: [TreeHash]

    /// A proof from its hashes. Nothing is checked until `verify(leaf:root:)`.
    public init(index: Int, size: Int, hashes: [TreeHash]) {
        self.index = index
        self.size = size
        self.hashes = hashes
    }

    /// Creates a proof.
    ///
    /// - Parameter tiles: at least the tiles of `tiles(index:size:)`.
    /// - Throws: `outOfRange` if the tree has no such leaf; `missingTile`.
    public init(index: Int, size: Int, tiles: TileSet) throws(EvidenceLogError) {
        var hashes: [TreeHash] = []
        for range in try Self.ranges(index: index, size: size) {
            hashes.append(try tiles.root(of: range))
        }
        self.init(index: index, size: size, hashes: hashes)
    }

    /// The tiles needed to create a proof, by level and from left to right: at most two per level.
    ///
    /// - Throws: `outOfRange` if the tree has no such leaf.
    public static func tiles(index: Int, size: Int) throws(EvidenceLogError) -> [TileCoordinate] {
        TileLayout.tiles(holding: try ranges(index: index, size: size).flatMap(\.completeSubtrees), size: size)
    }

    /// Verifies that the leaf has the index `index` in the tree with the given root.
    ///
    /// The proof does not authenticate `size`, and may be valid for several sizes: take the size from the checkpoint that
    /// contains the root.
    ///
    /// - Throws: `outOfRange` if a tree of that size has no such leaf; `inclusionNotProven`.
    public func verify(leaf: TreeHash, root: TreeHash) throws(EvidenceLogError) {
        try Self.check(index: index, size: size)
        var node = index
        var last = size - 1
        var hash = leaf
        for sibling in hashes {
            guard last != 0 else {
                throw EvidenceLogError(
                    .inclusionNotProven,
                    "the proof has \(hashes.count) hashes, too many for leaf \(index) of \(size)"
                )
            }
            if node & 1 == 1 || node == last {
                hash = .node(sibling, hash)
                while node & 1 == 0 && node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                hash = .node(hash, sibling)
            }
            node >>= 1
            last >>= 1
        }
        guard last == 0 else {
            throw EvidenceLogError(
                .inclusionNotProven,
                "the proof has \(hashes.count) hashes, too few for leaf \(index) of \(size)"
            )
        }
        guard hash == root else {
            throw EvidenceLogError(
                .inclusionNotProven,
                "the proof does not lead from leaf \(index) to the root of the tree of size \(size)"
            )
        }
    }

    private static func check(index: Int, size: Int) throws(EvidenceLogError) {
        guard index >= 0, index < size else {
            throw EvidenceLogError(.outOfRange, "a tree of size \(size) has no leaf \(index)")
        }
    }

    /// The ranges of leaves whose hashes are the proof: `PATH` of RFC 6962, section 2.1.1, without recursion.
    private static func ranges(index: Int, size: Int) throws(EvidenceLogError) -> [Range<Int>] {
        try check(index: index, size: size)
        var siblings: [Range<Int>] = []
        var tree = 0..<size
        while tree.count > 1 {
            let left = tree.lowerBound..<tree.division
            let right = tree.division..<tree.upperBound
            siblings.append(index < tree.division ? right : left)
            tree = index < tree.division ? left : right
        }
        return siblings.reversed()
    }
}
