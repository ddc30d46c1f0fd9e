import EvidenceLog
import Testing

@Suite("Consistency proofs")
struct ConsistencyProofTests {
    @Test("the proofs from 6 to 8 and from 2 to 5 leaves match the published ones")
    func knownProofs() throws {
        var builder = TileBuilder()
        _ = builder.append(contentsOf: TreeHashTests.leaves.map { TreeHash.leaf($0) })
        let tiles = TileSet(builder.partialTiles)
        #expect(
            try ConsistencyProof(oldSize: 6, newSize: 8, tiles: tiles).hashes.map(\.hex) == [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        )
        #expect(
            try ConsistencyProof(oldSize: 2, newSize: 5, tiles: tiles).hashes.map(\.hex) == [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ]
        )
    }

    @Test("every proof between trees of up to 300 leaves matches the RFC, and verifies for nothing else")
    func allProofs() throws {
        let tree = NaiveTree(count: 301)
        let formulas = Formulas(upTo: 301)
        var builder = TileBuilder()
        var full: [Tile] = []
        for new in 1...300 {
            full += builder.append(tree.leaves[new - 1])
            let tiles = TileSet(full + builder.partialTiles)
            let newRoot = tree.root(0..<new)
            for old in 1...new {
                let oldRoot = tree.root(0..<old)
                let proof = try ConsistencyProof(oldSize: old, newSize: new, tiles: tiles)
                if proof.hashes != tree.subproof(old, 0..<new, true)
                    || !holds({ try proof.verify(oldRoot: oldRoot, newRoot: newRoot) })
                {
                    Issue.record("the proof from \(old) to \(new) is not the right one, or does not hold")
                }

                // Exhaustive for small trees; for larger ones, each proof is tested with one of the
                // invalid variants in turn.
                let turn = old + new
                let variants = spoiled(proof.hashes)
                for (number, hashes) in variants.enumerated() where new <= 64 || number == turn % variants.count {
                    let other = ConsistencyProof(oldSize: old, newSize: new, hashes: hashes)
                    if holds({ try other.verify(oldRoot: oldRoot, newRoot: newRoot) }) {
                        Issue.record("spoiled proof \(number) from \(old) to \(new) holds")
                    }
                }
                if holds({ try proof.verify(oldRoot: oldRoot.flipped(bit: turn % 256), newRoot: newRoot) })
                    || holds({ try proof.verify(oldRoot: oldRoot, newRoot: newRoot.flipped(bit: turn % 256)) })
                {
                    Issue.record("the proof from \(old) to \(new) holds for another root")
                }
                // Some pairs of sizes lead to the same formulas, so a proof for one is valid for the other.
                for (otherOld, otherNew) in [(old - 1, new), (old + 1, new), (old, new - 1), (old, new + 1)] {
                    let other = ConsistencyProof(oldSize: otherOld, newSize: otherNew, hashes: proof.hashes)
                    let same = formulas.agree((old, new), (otherOld, otherNew))
                    if holds({ try other.verify(oldRoot: oldRoot, newRoot: newRoot) }) != same {
                        Issue.record("the proof from \(old) to \(new) as one from \(otherOld) to \(otherNew)")
                    }
                }
            }
        }
    }

    @Test(
        "a proof needs exactly the tiles that are listed for it",
        arguments: [
            (1, 1), (1, 2), (255, 256), (256, 257), (257, 600), (65_535, 70_000), (65_536, 70_000), (69_999, 70_000),
        ]
    )
    func neededTiles(old: Int, new: Int) throws {
        let leaves = (0..<new).map(TreeHash.cheap)
        var builder = TileBuilder()
        var stored: [TileCoordinate: Tile] = [:]
        var tiles = builder.append(contentsOf: leaves.prefix(old))
        let oldRoot = builder.root
        tiles += builder.append(contentsOf: leaves.dropFirst(old))
        for tile in tiles { stored[tile.coordinate] = tile }
        let needed = try ConsistencyProof.tiles(oldSize: old, newSize: new)
        #expect(needed == needed.sorted() && Set(needed).count == needed.count)
        let fetched = needed.compactMap { stored[$0] }
        #expect(fetched.count == needed.count)
        try ConsistencyProof(oldSize: old, newSize: new, tiles: TileSet(fetched))
            .verify(oldRoot: oldRoot, newRoot: builder.root)
        for absent in fetched.indices {
            var rest = fetched
            rest.remove(at: absent)
            #expect(code { try ConsistencyProof(oldSize: old, newSize: new, tiles: TileSet(rest)) } == .missingTile)
        }
    }

    @Test(
        "invalid pairs of sizes are rejected, including zero",
        arguments: [(0, 0), (0, 1), (2, 1), (-1, 1), (-1, -1), (1, 0), (.min, .max), (.max, .min), (1, .min)]
            as [(Int, Int)]
    )
    func impossible(old: Int, new: Int) {
        #expect(code { try ConsistencyProof(oldSize: old, newSize: new, tiles: TileSet()) } == .outOfRange)
        #expect(code { try ConsistencyProof.tiles(oldSize: old, newSize: new) } == .outOfRange)
        let proof = ConsistencyProof(oldSize: old, newSize: new, hashes: [])
        #expect(code { try proof.verify(oldRoot: .empty, newRoot: .empty) } == .outOfRange)
    }

    @Test("trees of the same size are consistent if their roots are equal and the proof is empty")
    func sameSize() throws {
        let (one, two) = (TreeHash.cheap(1), TreeHash.cheap(2))
        let empty = ConsistencyProof(oldSize: 7, newSize: 7, hashes: [])
        try empty.verify(oldRoot: one, newRoot: one)
        #expect(code { try empty.verify(oldRoot: one, newRoot: two) } == .consistencyNotProven)
        let full = ConsistencyProof(oldSize: 7, newSize: 7, hashes: [one])
        #expect(code { try full.verify(oldRoot: one, newRoot: one) } == .consistencyNotProven)
    }

    @Test("proofs of the largest trees are created and verified without an overflow")
    func largest() throws {
        #expect(try ConsistencyProof.tiles(oldSize: .max - 1, newSize: .max).count <= 16)
        #expect(try ConsistencyProof.tiles(oldSize: .max, newSize: .max).isEmpty)
        for old in [1, 2, 3, Int.max - 1, Int.max >> 1, 1 << 62] {
            let proof = ConsistencyProof(oldSize: old, newSize: .max, hashes: (0..<63).map(TreeHash.cheap))
            #expect(code { try proof.verify(oldRoot: .empty, newRoot: .empty) } == .consistencyNotProven)
        }
    }
}

/// For each pair of sizes, the formulas of the two roots from the old root (`o`) and the hashes of a proof (their
/// numbers), taken from the recursive definition.
private struct Formulas {
    private var table: [[String]]

    init(upTo most: Int) {
        table = (0...most).map { new in
            (0...most).map { old in
                guard old >= 1, old < new else { return "" }
                var count = 0
                let (oldRoot, newRoot) = Self.formula(old, new, true, &count)
                return "\(count) \(oldRoot) \(newRoot)"
            }
        }
    }

    /// Whether a valid proof for one pair is necessarily valid for the other.
    func agree(_ one: (Int, Int), _ other: (Int, Int)) -> Bool {
        guard other.0 >= 1, other.0 < other.1, one.0 < one.1 else { return false }
        return table[one.1][one.0] == table[other.1][other.0]
    }

    private static func formula(_ m: Int, _ n: Int, _ b: Bool, _ count: inout Int) -> (String, String) {
        if m == n {
            if b { return ("o", "o") }
            count += 1
            return ("0", "0")
        }
        let k = NaiveTree.split(n)
        let (old, new) = m <= k ? formula(m, k, b, &count) : formula(m - k, n - k, false, &count)
        let hash = String(count)
        count += 1
        return m <= k ? (old, "(\(new) \(hash))") : ("(\(hash) \(old))", "(\(hash) \(new))")
    }
}
