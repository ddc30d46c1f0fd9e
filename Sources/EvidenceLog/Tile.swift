public import Foundation

/// A tile: its coordinate and its hashes.
public struct Tile: Hashable, Sendable {
    /// The tile's position and width.
    public let coordinate: TileCoordinate
    /// The hashes from left to right, 1 to 256 of them.
    public let hashes: [TreeHash]

    /// A tile from its hashes.
    ///
    /// - Throws: `malformedTile` for an invalid level, index or number of hashes.
    public init(level: Int, index: Int, hashes: [TreeHash]) throws(EvidenceLogError) {
        coordinate = try TileCoordinate(level: level, index: index, width: hashes.count)
        self.hashes = hashes
    }

    /// A tile from its bytes: the concatenated hashes, as tiles are stored and served.
    ///
    /// - Throws: `malformedTile`, also for bytes that are not a whole number of hashes.
    public init(level: Int, index: Int, bytes: Data) throws(EvidenceLogError) {
        let (width, excess) = bytes.count.quotientAndRemainder(dividingBy: TreeHash.byteCount)
        guard excess == 0, width <= TileLayout.width else {
            throw EvidenceLogError(
                .malformedTile,
                "the \(bytes.count) bytes of the tile of level \(level) with index \(index) are not 1 to 256 hashes"
            )
        }
        let starts = (0..<width).map { bytes.startIndex + $0 * TreeHash.byteCount }
        let hashes = starts.compactMap { TreeHash(bytes[$0..<$0 + TreeHash.byteCount]) }
        try self.init(level: level, index: index, hashes: hashes)
    }

    init(unchecked level: Int, _ index: Int, _ hashes: [TreeHash]) {
        coordinate = TileCoordinate(unchecked: level, index, hashes.count)
        self.hashes = hashes
    }

    /// The concatenated hashes: 32 to 8,192 bytes.
    public var bytes: Data {
        var bytes = Data(capacity: hashes.count * TreeHash.byteCount)
        for hash in hashes {
            hash.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// The hashes of the complete subtrees in the tile: row `h` has those over `2^h` hashes, from left to right.
    var subtrees: [[TreeHash]] {
        var rows = [hashes]
        while let row = rows.last, row.count > 1 {
            rows.append((0..<row.count / 2).map { .node(row[2 * $0], row[2 * $0 + 1]) })
        }
        return rows
    }
}
