/// The position of a complete subtree: the one over the leaves from `index << level` up to `(index + 1) << level`.
///
/// The hash of a complete subtree never changes, so these are the hashes that a log stores.
struct NodeCoordinate: Hashable {
    let level: Int
    let index: Int

    /// The level of the tile that holds the subtree.
    var tileLevel: Int { level / TileLayout.height }
    /// The subtree's height above the hashes that the tile stores, 0 to 7.
    var heightInTile: Int { level % TileLayout.height }
    /// The index of the tile that holds the subtree.
    var tileIndex: Int { index >> (TileLayout.height - heightInTile) }
    /// The subtree's index among those of the same height in the tile.
    var indexInTile: Int { index & ((1 << (TileLayout.height - heightInTile)) - 1) }
}

extension Range<Int> {
    /// The complete subtrees of which a range of leaves consists, largest first.
    ///
    /// The range must start at a multiple of a power of two that is at least its length. This is true of all ranges in
    /// the definitions of RFC 6962.
    var completeSubtrees: [NodeCoordinate] {
        var nodes: [NodeCoordinate] = []
        var position = lowerBound
        for level in stride(from: Int.bitWidth - 2, through: 0, by: -1) where count & (1 << level) != 0 {
            nodes.append(NodeCoordinate(level: level, index: position >> level))
            position += 1 << level
        }
        return nodes
    }

    /// The index at which RFC 6962 splits the tree over these leaves, at least two of them: after the largest power of two
    /// that is less than their number.
    var division: Int {
        lowerBound + 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}

extension TreeHash {
    /// The root hash of a tree, from its complete subtrees, largest first.
    static func root(of subtrees: [TreeHash]) -> TreeHash {
        guard var root = subtrees.last else { return .empty }
        for subtree in subtrees.dropLast().reversed() {
            root = .node(subtree, root)
        }
        return root
    }
}
