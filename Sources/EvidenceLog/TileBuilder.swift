/// Appends leaves to a tree and returns the tiles that result.
///
/// Keeps only the partial tile of each level: at most 64 KiB for a tree of any size.
public struct TileBuilder: Sendable {
    /// The number of leaves.
    public private(set) var size: Int
    /// The hashes of each level's partial tile.
    private var open: [[TreeHash]]

    /// A tree without leaves.
    public init() {
        size = 0
        open = Array(repeating: [], count: TileLayout.levels)
    }

    /// An existing tree.
    ///
    /// - Parameters:
    ///   - size: the number of its leaves.
    ///   - tiles: the tiles of `TileLayout.partialTiles(size:)`, in any order. A wider tile at the same position is
    ///     accepted; other tiles are ignored.
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
                    "the tile of level \(need.level) with index \(need.index) is missing or has fewer than \(need.width) hashes"
                )
            }
            open[need.level] = Array(tile.hashes.prefix(need.width))
        }
    }

    /// Adds the hash of the next leaf.
    ///
    /// - Returns: the tiles that became full, lowest level first; none for 255 of 256 leaves.
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
    /// - Returns: every tile that is new or wider than before, in its final width: exactly those of
    ///   `TileLayout.tiles(grownFrom:to:)`, full tiles first.
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

    /// The partial tiles at this size, lowest level first. Together with the full tiles they are the whole tree.
    public var partialTiles: [Tile] {
        TileLayout.partialTiles(size: size).map { Tile(unchecked: $0.level, $0.index, open[$0.level]) }
    }

    /// The root hash of the tree.
    public var root: TreeHash {
        // The roots of the complete subtrees are in the open tiles: a tile of width w has one for each one-bit of w.
        var subtrees: [TreeHash] = []
        for hashes in open.reversed() where !hashes.isEmpty {
            var range = CompactRange()
            for hash in hashes { range.append(hash) }
            subtrees += range.subtrees
        }
        return .root(of: subtrees)
    }
}
