/// The place of a complete subtree: the one over the leaves `index << level` up to `(index + 1) << level`.
///
/// Its hash never changes once its leaves are there, which is why logs store the hashes of exactly these.
struct NodeCoordinate: Hashable {
    let level: Int
    let index: Int

    /// The level of the tile that holds the subtree.
    var tileLevel: Int { level / TileLayout.height }
    /// How far the subtree reaches above the tile's own hashes, 0 to 7.
    var heightInTile: Int { level % TileLayout.height }
    /// The index of the tile that holds the subtree.
    var tileIndex: Int { index >> (TileLayout.height - heightInTile) }
    /// The subtree's place among those of its height in the tile.
    var indexInTile: Int { index & ((1 << (TileLayout.height - heightInTile)) - 1) }
}

extension Range<Int> {
    /// The complete subtrees that a range of leaves consists of, largest first.
    ///
    /// The range has to begin at a multiple of a power of two that is not less than its length: so do all ranges that
    /// the definitions of RFC 6962 lead to.
    var completeSubtrees: [NodeCoordinate] {
        var nodes: [NodeCoordinate] = []
        var position = lowerBound
        for level in stride(from: Int.bitWidth - 2, through: 0, by: -1) where count & (1 << level) != 0 {
            nodes.append(NodeCoordinate(level: level, index: position >> level))
            position += 1 << level
        }
        return nodes
    }

    /// Where RFC 6962 divides the tree over these leaves, of which there are at least two: after the largest power of
    /// two that is less than their number.
    var division: Int {
        lowerBound + 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}

extension TreeHash {
    /// The hash of the tree over complete subtrees, given largest first.
    static func root(of subtrees: [TreeHash]) -> TreeHash {
        guard var root = subtrees.last else { return .empty }
        for subtree in subtrees.dropLast().reversed() {
            root = .node(subtree, root)
        }
        return root
    }
}
