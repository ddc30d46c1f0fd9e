import EvidenceLog
import Foundation
import Testing

@Suite("Tiles")
struct TileTests {
    @Test(
        "a tile's path is written and parsed in the canonical spelling",
        arguments: [
            (0, 0, 256, "tile/0/000"), (0, 0, 1, "tile/0/000.p/1"), (1, 17, 255, "tile/1/017.p/255"),
            (0, 999, 256, "tile/0/999"), (0, 1000, 256, "tile/0/x001/000"), (0, 1_234_067, 256, "tile/0/x001/x234/067"),
            (2, 1_234_067, 8, "tile/2/x001/x234/067.p/8"), (7, 0, 127, "tile/7/000.p/127"),
            (0, 36_028_797_018_963_967, 255, "tile/0/x036/x028/x797/x018/x963/967.p/255"),
        ]
    )
    func path(level: Int, index: Int, width: Int, path: String) throws {
        let coordinate = try TileCoordinate(level: level, index: index, width: width)
        #expect(coordinate.path == path)
        #expect(try TileCoordinate(path: path) == coordinate)
    }

    @Test(
        "any other spelling of a path is rejected",
        arguments: [
            "", "tile", "tile/0", "tile/0/", "/tile/0/000", "tile/0/000/", "tile/0/0", "tile/0/00", "tile/0/0000",
            "tile/0/x000",
            "tile/0/x000/000", "tile/0/001/000", "tile/0/x001/x000", "tile/0/x1/000", "tile/0/xx01/000", "tile/00/000",
            "tile/01/000", "tile/+1/000", "tile/8/000", "tile/64/000", "tile/-1/000", "tile/x/000", "tile/0/000.p",
            "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/1/",
            "tile/0/000.p/-1",
            "tile/0/.p/1", "tile/0/000.q/1", "tile/0/000.P/1", "tile/0/x001.p/000", "tile/7/001", "tile/entries/000",
            "Tile/0/000", "tile/0/٠٠٠", "tile/0/000.p/١", "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
            "tile/0/x036/x028/x797/x018/x963/967", "tile/0/000\n", "tile/0/000.p\u{301}/1",
        ]
    )
    func notAPath(path: String) {
        #expect(code { try TileCoordinate(path: path) } == .malformedTile)
    }

    @Test("an impossible tile is rejected")
    func impossible() {
        for (level, index, width) in [
            (-1, 0, 1), (8, 0, 1), (Int.max, 0, 1), (0, -1, 1), (0, Int.min, 1), (0, Int.max, 1), (0, 0, 0),
            (0, 0, 257), (0, 0, -1), (7, 0, 128), (7, 1, 1), (0, Int.max >> 8, 256), (0, 0, Int.max), (0, 0, Int.min),
        ] {
            #expect(code { try TileCoordinate(level: level, index: index, width: width) } == .malformedTile)
        }
    }

    @Test("a tile is unchanged after conversion to bytes and back, and bytes that are not whole hashes are rejected")
    func bytes() throws {
        let tile = try Tile(level: 1, index: 2, hashes: (0..<5).map(TreeHash.cheap))
        #expect(tile.bytes.count == 160)
        #expect(try Tile(level: 1, index: 2, bytes: tile.bytes) == tile)
        #expect(try Tile(level: 1, index: 2, bytes: (Data([7]) + tile.bytes).dropFirst()) == tile)
        for count in [0, 1, 31, 33, 257 * 32] {
            #expect(code { try Tile(level: 0, index: 0, bytes: Data(count: count)) } == .malformedTile)
        }
        #expect(code { try Tile(level: 0, index: 0, hashes: []) } == .malformedTile)
    }

    @Test("a tree of 70,000 leaves has the tiles of the specification's example")
    func layout() {
        let tiles = Array(TileLayout.tiles(grownFrom: 0, to: 70_000))
        #expect(tiles.filter { $0.level == 0 && $0.isFull }.count == 273)
        #expect(tiles.filter { $0.level == 1 && $0.isFull }.count == 1)
        #expect(tiles.count == 277)
        #expect(tiles == tiles.sorted())
        #expect(
            TileLayout.partialTiles(size: 70_000).map(\.path)
                == ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]
        )
        #expect(TileLayout.partialTiles(size: 256).map(\.path) == ["tile/1/000.p/1"])
        #expect(
            TileLayout.tiles(grownFrom: 255, to: 257).map(\.path) == ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]
        )
    }

    @Test("negative sizes have no tiles, and the largest size has some")
    func extremeSizes() {
        for (old, new) in [(0, 0), (5, 5), (5, 4), (0, -1), (Int.min, Int.min), (Int.max, Int.min), (Int.max, Int.max)]
        {
            #expect(TileLayout.tiles(grownFrom: old, to: new).first { _ in true } == nil)
        }
        #expect(TileLayout.partialTiles(size: Int.min).isEmpty)
        #expect(TileLayout.partialTiles(size: Int.max).map(\.width) == [255, 255, 255, 255, 255, 255, 255, 127])
        #expect(TileLayout.tiles(grownFrom: Int.min, to: Int.max).first { _ in true }?.path == "tile/0/000")
        #expect(TileLayout.tiles(grownFrom: Int.max - 1, to: Int.max).map(\.width) == [255])
    }

    @Test("a tree grown in random steps, and restored between them, has the tiles and the root of one grown at once")
    func growth() throws {
        let leaves = (0..<70_000).map(TreeHash.cheap)
        var atOnce = TileBuilder()
        var expected: [TileCoordinate: Tile] = [:]
        for tile in atOnce.append(contentsOf: leaves) { expected[tile.coordinate] = tile }

        var generator = SeededGenerator(state: 42)
        var size = 0
        var stored: [TileCoordinate: Tile] = [:]
        while size < leaves.count {
            let next = min(leaves.count, size + Int.random(in: 0...3000, using: &generator))
            let needed = TileLayout.partialTiles(size: size)
            var builder = try TileBuilder(size: size, tiles: needed.compactMap { stored[$0] })
            let tiles = builder.append(contentsOf: leaves[size..<next])
            #expect(builder.size == next)
            #expect(tiles.map(\.coordinate).sorted() == Array(TileLayout.tiles(grownFrom: size, to: next)))
            for tile in tiles { stored[tile.coordinate] = tile }
            size = next
        }
        for (coordinate, tile) in expected { #expect(stored[coordinate] == tile) }

        let root = NaiveTree(leaves).root(0..<leaves.count)
        #expect(atOnce.root == root)
        #expect(try TileSet(stored.values).root(size: leaves.count) == root)
        let partial = TileLayout.partialTiles(size: leaves.count).compactMap { stored[$0] }
        #expect(try TileSet(partial).root(size: leaves.count) == root)
    }

    @Test("every tile entry is the root of the leaves below it, at every size up to 600")
    func entries() throws {
        let tree = NaiveTree(count: 600)
        var builder = TileBuilder()
        var full: [Tile] = []
        for size in 1...600 {
            full += builder.append(tree.leaves[size - 1])
            #expect(builder.root == tree.root(0..<size))
            for tile in full + builder.partialTiles where size % 50 == 0 || size % 256 < 2 {
                let span = 1 << (8 * tile.coordinate.level)
                for (position, hash) in tile.hashes.enumerated() {
                    let start = (tile.coordinate.index * 256 + position) * span
                    #expect(hash == tree.root(start..<start + span))
                }
            }
        }
    }

    @Test("continuing a tree and computing its root need all of its partial tiles")
    func missing() throws {
        var builder = TileBuilder()
        _ = builder.append(contentsOf: (0..<700).map(TreeHash.cheap))
        let tiles = builder.partialTiles
        #expect(try TileBuilder(size: 700, tiles: tiles).root == builder.root)
        for absent in tiles.indices {
            var rest = tiles
            rest.remove(at: absent)
            #expect(code { try TileBuilder(size: 700, tiles: rest) } == .missingTile)
            #expect(code { try TileSet(rest).root(size: 700) } == .missingTile)
        }
        #expect(code { try TileBuilder(size: 701, tiles: tiles) } == .missingTile)
        #expect(code { try TileBuilder(size: -1, tiles: tiles) } == .outOfRange)
        #expect(code { try TileBuilder(size: .max, tiles: tiles) } == .outOfRange)
        #expect(code { try TileSet(tiles).root(size: -1) } == .outOfRange)
        #expect(code { try TileSet(tiles).root(size: .max) } == .missingTile)
        #expect(try TileSet().root(size: 0) == .empty)
    }

    @Test("tiles of a log that has grown are valid for the smaller tree")
    func widerTiles() throws {
        let leaves = (0..<300).map(TreeHash.cheap)
        var early = TileBuilder()
        _ = early.append(contentsOf: leaves.prefix(270))
        var late = early
        let grown = late.append(contentsOf: leaves.dropFirst(270))
        #expect(try TileSet(late.partialTiles).root(size: 270) == early.root)
        #expect(try TileBuilder(size: 270, tiles: late.partialTiles).root == early.root)
        // The narrower tile comes second and does not replace the wider one.
        #expect(try TileSet(late.partialTiles + early.partialTiles).root(size: 300) == late.root)
        #expect(grown.map(\.coordinate.path) == ["tile/0/001.p/44"])
    }
}
