/// The address of a tile: a run of up to 256 hashes that stand side by side at one level of the tree.
///
/// Level 0 holds the hashes of leaves, level `L` the roots of complete subtrees over 256^L leaves. A tile with fewer
/// than 256 hashes is partial. Each width is a resource of its own that never changes (c2sp.org/tlog-tiles).
public struct TileCoordinate: Hashable, Sendable {
    /// 0 to 7; a tree whose size is counted in 63 bits has no tile above.
    public let level: Int
    /// The tile's place among those of its level, counted from 0.
    public let index: Int
    /// The number of hashes, 1 to 256.
    public let width: Int

    /// The address of a tile that can exist in some tree.
    ///
    /// - Throws: `malformedTile` for a level, index or width that no tile has.
    public init(level: Int, index: Int, width: Int) throws(EvidenceLogError) {
        guard (0..<TileLayout.levels).contains(level) else {
            throw EvidenceLogError(.malformedTile, "a tile's level is 0 to \(TileLayout.levels - 1), not \(level)")
        }
        guard (1...TileLayout.width).contains(width) else {
            throw EvidenceLogError(.malformedTile, "a tile holds 1 to \(TileLayout.width) hashes, not \(width)")
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

    /// Whether the tile holds all the hashes that it ever will.
    public var isFull: Bool { width == TileLayout.width }
}

extension TileCoordinate: Comparable {
    /// By level, then from left to right, then by width.
    public static func < (left: TileCoordinate, right: TileCoordinate) -> Bool {
        (left.level, left.index, left.width) < (right.level, right.index, right.width)
    }
}

extension TileCoordinate: CustomStringConvertible {
    /// The path.
    public var description: String { path }
}

extension TileCoordinate {
    /// Where the tile stands below a log's prefix, as in `tile/0/x001/x234/067` or `tile/1/000.p/17`.
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

    /// The address that a path names.
    ///
    /// - Throws: `malformedTile` for anything that `path` does not produce.
    public init(path: String) throws(EvidenceLogError) {
        guard let coordinate = Self.read(path), coordinate.path.utf8.elementsEqual(path.utf8) else {
            throw EvidenceLogError(.malformedTile, "this is not the path of a tile")
        }
        self = coordinate
    }

    /// Reads more than is right; the caller compares with the one right spelling.
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
