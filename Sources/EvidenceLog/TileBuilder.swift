/// Grows a tree and says which tiles come out of it.
///
/// It keeps only the partial tile of each level: 64 KiB at the very most, whatever the size of the tree.
public struct TileBuilder: Sendable {
    /// The number of leaves.
    public private(set) var size: Int
    /// The hashes of each level's partial tile.
    private var open: [[TreeHash]]

    /// Begins a tree without leaves.
    public init() {
        size = 0
        open = Array(repeating: [], count: TileLayout.levels)
    }

    /// Continues a tree.
    ///
    /// - Parameters:
    ///   - size: the number of its leaves.
    ///   - tiles: its partial tiles, as listed by `TileLayout.partialTiles(size:)`, in any order. A wider tile at the
    ///     same place will do, others are ignored.
    /// - Throws: `missingTile`; `outOfRange` for a size that is negative or above `CompactRange.maximumSize`.
    public init(size: Int, tiles: [Tile]) throws(EvidenceLogError) {
        guard (0...CompactRange.maximumSize).contains(size) else {
            throw EvidenceLogError(.outOfRange, "a tree of size \(size) cannot be continued")
        }
        self.init()
        self.size = size
        for need in TileLayout.partialTiles(size: size) {
            let tile = tiles.first {
                $0.coordinate.level == need.level && $0.coordinate.index == need.index
                    && $0.coordinate.width >= need.width
            }
            guard let tile else {
                throw EvidenceLogError(
                    .missingTile,
                    "\(need.width) hashes are needed of the tile of level \(need.level) with index \(need.index)"
                )
            }
            open[need.level] = Array(tile.hashes.prefix(need.width))
        }
    }

    /// Adds the hash of the next leaf.
    ///
    /// - Returns: the tiles that it filled, lowest level first: none for 255 leaves out of 256.
    public mutating func append(_ leaf: TreeHash) -> [Tile] {
        var filled: [Tile] = []
        var hash = leaf
        for level in open.indices {
            open[level].append(hash)
            guard open[level].count == TileLayout.width else { break }
            let tile = Tile(unchecked: level, size >> (TileLayout.height * (level + 1)), open[level])
            filled.append(tile)
            open[level] = []
            hash = tile.subtrees[TileLayout.height][0]
        }
        size += 1
        return filled
    }

    /// Adds the hashes of the next leaves.
    ///
    /// - Returns: every tile that is new or wider than before, each in its final width: exactly those that
    ///   `TileLayout.tiles(grownFrom:to:)` lists, the full ones first.
    public mutating func append(contentsOf leaves: some Sequence<TreeHash>) -> [Tile] {
        let before = size
        var tiles: [Tile] = []
        for leaf in leaves { tiles += append(leaf) }
        let after = size
        return tiles
            + partialTiles.filter {
                let shift = TileLayout.height * $0.coordinate.level
                return before >> shift != after >> shift
            }
    }

    /// The partial tiles at this size, lowest level first. With the full ones, they are the whole tree.
    public var partialTiles: [Tile] {
        TileLayout.partialTiles(size: size).map { Tile(unchecked: $0.level, $0.index, open[$0.level]) }
    }

    /// The hash of the whole tree.
    public var root: TreeHash {
        // The roots of the complete subtrees, found in the open tiles: a tile of width w holds one for each one-bit of w.
        var subtrees: [TreeHash] = []
        for hashes in open.reversed() where !hashes.isEmpty {
            var range = CompactRange()
            for hash in hashes { range.append(hash) }
            subtrees += range.subtrees
        }
        return .root(of: subtrees)
    }
}
