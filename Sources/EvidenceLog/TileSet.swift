/// Tiles of one log, gathered from wherever it is stored, out of which roots and proofs are put together.
///
/// Work out which tiles a root or a proof needs (`TileLayout.partialTiles(size:)`, `InclusionProof.tiles(index:size:)`,
/// `ConsistencyProof.tiles(oldSize:newSize:)`), fetch those in whatever way, and hand them over. A tile may be wider
/// than asked for: a log that has grown since serves as well. The subtrees inside a tile are hashed once, when it is
/// inserted, so that many proofs out of the same tiles cost little more than one.
public struct TileSet: Sendable {
    private struct Place: Hashable {
        let level, index: Int
    }

    private var subtrees: [Place: [[TreeHash]]] = [:]

    /// A set of tiles; of several that stand at the same place, the widest counts.
    public init(_ tiles: some Sequence<Tile>) {
        for tile in tiles { insert(tile) }
    }

    /// A set of no tiles, which is all that the trees of no and of one leaf need.
    public init() {}

    /// Adds a tile, unless a wider one already stands at its place.
    public mutating func insert(_ tile: Tile) {
        let place = Place(level: tile.coordinate.level, index: tile.coordinate.index)
        if let known = subtrees[place], known[0].count >= tile.hashes.count { return }
        subtrees[place] = tile.subtrees
    }

    /// The root of the tree of the given size, out of `TileLayout.partialTiles(size:)`.
    ///
    /// - Throws: `missingTile`; `outOfRange` for a negative size.
    public func root(size: Int) throws(EvidenceLogError) -> TreeHash {
        guard size >= 0 else { throw EvidenceLogError(.outOfRange, "no tree has size \(size)") }
        return try root(of: 0..<size)
    }

    /// The hash of the tree over a range of leaves that RFC 6962 would divide a tree into.
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
                "\(width) hashes are needed of the tile of level \(node.tileLevel) with index \(node.tileIndex)"
            )
        }
        return rows[node.heightInTile][node.indexInTile]
    }
}
