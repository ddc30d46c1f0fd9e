/// The tiles of a tree of a given size.
///
/// Each level is divided into tiles of 256 hashes; the last tile of a level may be partial. With `n` leaves there are
/// `n / 256^L` hashes at level `L` (c2sp.org/tlog-tiles).
public enum TileLayout {
    /// The number of hashes of a full tile.
    public static let width = 256
    /// The number of levels of the largest tree, whose size fits 63 bits.
    public static let levels = 8
    /// The number of levels of the binary tree in one level of tiles.
    static let height = 8

    /// The tiles that are new or wider after a tree has grown, and must be stored; by level and from left to right.
    ///
    /// Computed lazily. Negative sizes count as zero. A tree that has not grown has no such tiles.
    public static func tiles(grownFrom oldSize: Int, to newSize: Int) -> some Sequence<TileCoordinate> {
        (0..<levels).lazy.flatMap { level in
            let old = hashes(at: level, size: oldSize)
            let new = hashes(at: level, size: newSize)
            let changed = old < new ? old >> height..<(new - 1) >> height + 1 : 0..<0
            return changed.lazy.map { index in
                TileCoordinate(unchecked: level, index, min(width, new - index << height))
            }
        }
    }

    /// The partial tiles of a tree, lowest level first; none for a size below one.
    ///
    /// They are sufficient to continue the tree and to compute its root, since they contain every complete subtree that
    /// is not part of a larger one.
    public static func partialTiles(size: Int) -> [TileCoordinate] {
        (0..<levels).compactMap { level in
            let hashes = hashes(at: level, size: size)
            let width = hashes % width
            return width == 0 ? nil : TileCoordinate(unchecked: level, hashes >> height, width)
        }
    }

    private static func hashes(at level: Int, size: Int) -> Int {
        max(size, 0) >> (height * level)
    }

    /// The tiles of a tree that contain the given subtrees, in order, without duplicates.
    static func tiles(holding nodes: some Sequence<NodeCoordinate>, size: Int) -> [TileCoordinate] {
        let tiles = nodes.map { node in
            let most = hashes(at: node.tileLevel, size: size) - node.tileIndex << height
            return TileCoordinate(unchecked: node.tileLevel, node.tileIndex, min(width, most))
        }
        return Set(tiles).sorted()
    }
}
