/// Tiles of one log, from which roots and proofs are computed.
///
/// `TileLayout.partialTiles(size:)`, `InclusionProof.tiles(index:size:)` and `ConsistencyProof.tiles(oldSize:newSize:)`
/// list the required tiles. A tile may be wider than required, since the log may have grown. The subtrees in a tile are
/// hashed once, when it is inserted, so many proofs from the same tiles cost little more than one.
public struct TileSet: Sendable {
    private struct Place: Hashable {
        let level, index: Int
    }

    private var subtrees: [Place: [[TreeHash]]] = [:]

    /// A set of tiles. Of several tiles at the same position, the widest is used.
    public init(_ tiles: some Sequence<Tile>) {
        for tile in tiles { insert(tile) }
    }

    /// A set without tiles.
    public init() {}

    /// Adds a tile, unless the set has one at the same position that is at least as wide.
    public mutating func insert(_ tile: Tile) {
        let place = Place(level: tile.coordinate.level, index: tile.coordinate.index)
        if let known = subtrees[place], known[0].count >= tile.hashes.count { return }
        subtrees[place] = tile.subtrees
    }

    /// The root of the tree of the given size, from `TileLayout.partialTiles(size:)`.
    ///
    /// - Throws: `missingTile`; `outOfRange` for a negative size.
    public func root(size: Int) throws(EvidenceLogError) -> TreeHash {
        guard size >= 0 else { throw EvidenceLogError(.outOfRange, "the tree size \(size) is negative") }
        return try root(of: 0..<size)
    }

    /// The hash of the tree over a range of leaves, one of those into which RFC 6962 splits a tree.
    func root(of range: Range<Int>) throws(EvidenceLogError) -> TreeHash {
        var hashes: [TreeHash] = []
        for node in range.completeSubtrees {
            hashes.append(try hash(of: node))
        }
        return .root(of: hashes)
    }

    private func hash(of node: NodeCoordinate) throws(EvidenceLogError) -> TreeHash {
        guard let rows = subtrees[Place(level: node.tileLevel, index: node.tileIndex)],
            rows.indices.contains(node.heightInTile),
            rows[node.heightInTile].indices.contains(node.indexInTile)
        else {
            let width = (node.indexInTile + 1) << node.heightInTile
            throw EvidenceLogError(
                .missingTile,
                "the tile of level \(node.tileLevel) with index \(node.tileIndex) is missing or has fewer than \(width) hashes"
            )
        }
        return rows[node.heightInTile][node.indexInTile]
    }
}
