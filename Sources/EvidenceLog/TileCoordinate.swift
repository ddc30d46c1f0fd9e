/// The coordinate of a tile: of up to 256 adjacent hashes at one level of the tree.
///
/// Level 0 has the hashes of leaves, level `L` the roots of complete subtrees over 256^L leaves. A tile with fewer than
/// 256 hashes is partial. Each width is a separate, immutable resource (c2sp.org/tlog-tiles).
public struct TileCoordinate: Hashable, Sendable {
    /// The level, 0 to 7. A tree whose size fits 63 bits has no higher level.
    public let level: Int
    /// The tile's index in its level, counted from 0.
    public let index: Int
    /// The number of hashes, 1 to 256.
    public let width: Int

    /// A coordinate that is possible in some tree.
    ///
    /// - Throws: `malformedTile` for an invalid level, index or width.
    public init(level: Int, index: Int, width: Int) throws(EvidenceLogError) {
        guard (0..<TileLayout.levels).contains(level) else {
            throw EvidenceLogError(.malformedTile, "the tile level must be 0 to \(TileLayout.levels - 1), not \(level)")
        }
        guard (1...TileLayout.width).contains(width) else {
            throw EvidenceLogError(.malformedTile, "a tile has 1 to \(TileLayout.width) hashes, not \(width)")
        }
        let most = Int.max >> (TileLayout.height * level)
        guard index >= 0, index <= most >> TileLayout.height, width <= most - index << TileLayout.height else {
            throw EvidenceLogError(.malformedTile, "no tree has a tile of level \(level) with index \(index)")
        }
        self.init(unchecked: level, index, width)
    }

    init(unchecked level: Int, _ index: Int, _ width: Int) {
        self.level = level
        self.index = index
        self.width = width
    }

    /// Whether the tile has all its 256 hashes.
    public var isFull: Bool { width == TileLayout.width }
}

extension TileCoordinate: Comparable {
    /// Orders by level, then from left to right, then by width.
    public static func < (left: TileCoordinate, right: TileCoordinate) -> Bool {
        (left.level, left.index, left.width) < (right.level, right.index, right.width)
    }
}

extension TileCoordinate: CustomStringConvertible {
    /// The tile's path.
    public var description: String { path }
}

extension TileCoordinate {
    /// The tile's path below the log's prefix, for example `tile/0/x001/x234/067` or `tile/1/000.p/17`.
    public var path: String {
        var groups: [String] = []
        var rest = index
        repeat {
            let digits = String(rest % 1000)
            let group = String(repeating: "0", count: 3 - digits.count) + digits
            groups.append(groups.isEmpty ? group : "x" + group)
            rest /= 1000
        } while rest > 0
        let place = "tile/\(level)/" + groups.reversed().joined(separator: "/")
        return isFull ? place : place + ".p/\(width)"
    }

    /// Parses a path.
    ///
    /// - Throws: `malformedTile` for any text that `path` does not produce.
    public init(path: String) throws(EvidenceLogError) {
        guard let coordinate = Self.read(path), coordinate.path.utf8.elementsEqual(path.utf8) else {
            throw EvidenceLogError(.malformedTile, "expected the path of a tile, for example tile/0/x001/067")
        }
        self = coordinate
    }

    /// Parses leniently; the caller compares the result with the canonical spelling.
    private static func read(_ path: String) -> TileCoordinate? {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.removeFirst() == "tile" else { return nil }
        guard let level = Int(canonicalDecimal: parts.removeFirst()) else { return nil }
        var width = TileLayout.width
        if parts.count >= 2, parts[parts.count - 2].hasSuffix(".p") {
            guard let partial = Int(canonicalDecimal: parts.removeLast()) else { return nil }
            width = partial
            parts[parts.count - 1].removeLast(2)
        }
        let digits = parts.map { $0.hasPrefix("x") ? $0.dropFirst() : $0 }.joined()
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let index = Int(digits) else { return nil }
        return try? TileCoordinate(level: level, index: index, width: width)
    }
}
