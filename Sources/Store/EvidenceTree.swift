public import Foundation
import Postgres
import SubjectRequests

/// A tile of the evidence log's tree, as it is stored.
public struct StoredTile: Sendable, Hashable {
    /// Its place: entry `i` is the hash of the complete subtree of 256^level leaves at `index · 256 + i`.
    public let level: Int, index: Int64
    /// The entries' hashes one after another, 32 bytes each; 256 in a full tile.
    public let hashes: Data

    /// A tile of one or more hashes.
    public init(level: Int, index: Int64, hashes: Data) {
        self.level = level
        self.index = index
        self.hashes = hashes
    }

    /// The number of hashes.
    public var width: Int { hashes.count / 32 }
}

extension Store {
    /// Reserves the evidence tree for this connection, or renews the reservation. It ends with the connection, by
    /// ``releaseTree()``, or after a time in which it was not renewed.
    ///
    /// - Returns: `nil` where it was reserved; otherwise who has it.
    public func reserveTree(for time: Duration) async throws -> String? {
        try await row(TreeStatements.reserve, [time.milliseconds]) { row in
            guard try !row.decode("is_own", as: Bool.self) else { return nil }
            return
                "process \(try row.decode("process", as: Int.self)) of role \(try row.decode("role", as: String.self))"
        }
    }

    /// Releases the tree for other writers.
    public func releaseTree() async throws {
        try await query(TreeStatements.release)
    }

    /// The number of leaves. All of them are committed, since the transaction that adds leaves also updates the size.
    public func evidenceSize() async throws -> Int64 {
        try await row(TreeStatements.size) { row in try row.decode("size") }
    }

    /// Leaf hashes in order, from an index on, 32 bytes each.
    ///
    /// - Throws: ``StoreError`` `.statement` where an index is missing.
    public func leafHashes(from index: Int64, to end: Int64) async throws -> [Data] {
        let found = try await rows(TreeStatements.leafHashes, [index, end]) { row in
            try row.decode("leaf_hash", as: Data.self)
        }
        guard found.count == end - index else {
            throw StoreError(
                .statement,
                "the evidence log lacks leaves between \(index) and \(end); run 'dsr evidence verify'"
            )
        }
        return found
    }

    /// The tiles among those asked for that are stored with that width.
    ///
    /// - Parameter tiles: Level, index and width of each.
    public func tiles(_ tiles: [(level: Int, index: Int64, width: Int)]) async throws -> [StoredTile] {
        try await rows(
            TreeStatements.tiles,
            [tiles.map(\.level), tiles.map(\.index), tiles.map(\.width)],
            Self.tile
        )
    }

    /// The tiles stored at these places, of any width, that lie under the first `size` leaves.
    public func tiles(
        at places: [(level: Int, index: Int64)],
        under size: Int64
    ) async throws -> [StoredTile] {
        try await rows(TreeStatements.tilesAt, [places.map(\.level), places.map(\.index), size], Self.tile)
    }

    /// The number of tiles, of any width, under the first `size` leaves, and of those that reach past the log's end.
    public func tileCounts(under size: Int64) async throws -> (under: Int, pastTheEnd: Int) {
        try await row(TreeStatements.tileCounts, [size]) { row in
            (under: try row.decode("under"), pastTheEnd: try row.decode("past_the_end"))
        }
    }

    /// Stores tiles. Tiles that exist stay as they are.
    public func addTiles(_ tiles: [StoredTile]) async throws {
        try await query(
            TreeStatements.addTiles,
            [tiles.map(\.level), tiles.map(\.index), tiles.map(\.width), tiles.map(\.hashes)]
        )
    }

    private static func tile(_ row: PostgresRow) throws -> StoredTile {
        StoredTile(
            level: try row.decode("level"),
            index: try row.decode("index"),
            hashes: try row.decode("hashes")
        )
    }
}

private enum TreeStatements {
    static let reserve = Statement(
        "reserve the evidence tree",
        "select t.process, t.role, t.process = pg_backend_pid() as is_own from dsr.reserve_tree($1::bigint) t"
    )

    static let release = Statement("release the evidence tree", "select dsr.release_tree()")

    static let size = Statement("read the log's size", "select size from dsr.evidence_head")

    static let leafHashes = Statement(
        "read leaf hashes",
        "select leaf_hash from dsr.evidence_leaves where index >= $1 and index < $2 order by index"
    )

    static let tiles = Statement(
        "read tiles",
        """
        select t.level::int as level, t.index, t.hashes
        from unnest($1::int[], $2::bigint[], $3::int[]) as asked (level, index, width)
        join dsr.evidence_tiles t on t.level = asked.level and t.index = asked.index and t.width = asked.width
        """
    )

    static let tilesAt = Statement(
        "read tiles of any width",
        """
        select t.level::int as level, t.index, t.hashes
        from unnest($1::int[], $2::bigint[]) as asked (level, index)
        join dsr.evidence_tiles t on t.level = asked.level and t.index = asked.index
        where (t.index * 256 + t.width) << (8 * t.level) <= $3
        order by t.level, t.index, t.width
        """
    )

    static let tileCounts = Statement(
        "count tiles",
        """
        select
            count(*) filter (where (t.index * 256 + t.width) << (8 * t.level) <= $1) as under,
            count(*) filter (where (t.index * 256 + t.width) << (8 * t.level) > h.size) as past_the_end
        from dsr.evidence_tiles t cross join dsr.evidence_head h
        """
    )

    static let addTiles = Statement(
        "store tiles",
        "select dsr.add_tiles($1::int[], $2::bigint[], $3::int[], $4::bytea[])"
    )
}
