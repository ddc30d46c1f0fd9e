/// Which tiles a tree of a given size consists of.
///
/// Each level is cut into tiles of 256 hashes; the last of a level may be partial. With `n` leaves there are
/// `n / 256^L` hashes at level `L` (c2sp.org/tlog-tiles).
public enum TileLayout {
    /// The hashes of a full tile.
    public static let width = 256
    /// The levels that a tree can have whose size is counted in 63 bits.
    public static let levels = 8
    /// The levels of the binary tree that one level of tiles spans.
    static let height = 8

    /// The tiles that are new or wider after a tree has grown: what has to be stored, by level and from left to right.
    ///
    /// They are worked out one by one as they are asked for. Sizes below zero count as zero, and a tree that has not
    /// grown has no such tiles.
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

    /// The partial tiles of a tree, lowest level first; there are none for a size below one.
    ///
    /// They alone are enough to continue the tree, and to work out its root: each of its complete subtrees that is not
    /// inside a larger one lies in one of them.
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

    /// The tiles of a tree that hold the given subtrees, each once, in order.
    static func tiles(holding nodes: some Sequence<NodeCoordinate>, size: Int) -> [TileCoordinate] {
        let tiles = nodes.map { node in
            let most = hashes(at: node.tileLevel, size: size) - node.tileIndex << height
            return TileCoordinate(unchecked: node.tileLevel, node.tileIndex, min(width, most))
        }
        return Set(tiles).sorted()
    }
}
