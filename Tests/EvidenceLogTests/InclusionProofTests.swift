import EvidenceLog
import Testing

@Suite("Inclusion proofs")
struct InclusionProofTests {
    @Test("the proofs of leaf 5 of 8 and of leaf 2 of 3 match the published ones")
    func knownProofs() throws {
        var builder = TileBuilder()
        _ = builder.append(contentsOf: TreeHashTests.leaves.map { TreeHash.leaf($0) })
        let tiles = TileSet(builder.partialTiles)
        #expect(
            try InclusionProof(index: 5, size: 8, tiles: tiles).hashes.map(\.hex) == [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        )
        #expect(
            try InclusionProof(index: 2, size: 3, tiles: tiles).hashes.map(\.hex)
                == ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]
        )
    }

    @Test("every proof in trees of up to 300 leaves matches the RFC, and verifies for nothing else")
    func allProofs() throws {
        let sizes = 1...300
        let tree = NaiveTree(count: 301)
        let turns = (0...301).map { size in (0..<size).map { Self.turns($0, size) } }
        var builder = TileBuilder()
        var full: [Tile] = []
        for size in sizes {
            full += builder.append(tree.leaves[size - 1])
            let tiles = TileSet(full + builder.partialTiles)
            let root = tree.root(0..<size)
            for index in 0..<size {
                let leaf = tree.leaves[index]
                let proof = try InclusionProof(index: index, size: size, tiles: tiles)
                if proof.hashes != tree.path(index, 0..<size) || !holds({ try proof.verify(leaf: leaf, root: root) }) {
                    Issue.record("the proof of leaf \(index) of \(size) is not the right one, or does not hold")
                }

                // Exhaustive for small trees; for larger ones, each proof is tested with one of the
                // invalid variants in turn.
                let turn = size + index
                let variants = spoiled(proof.hashes)
                for (number, hashes) in variants.enumerated() where size <= 64 || number == turn % variants.count {
                    let other = InclusionProof(index: index, size: size, hashes: hashes)
                    if holds({ try other.verify(leaf: leaf, root: root) }) {
                        Issue.record("spoiled proof \(number) of leaf \(index) of \(size) holds")
                    }
                }
                if holds({ try proof.verify(leaf: leaf, root: root.flipped(bit: turn % 256)) })
                    || holds({ try proof.verify(leaf: leaf.flipped(bit: turn % 256), root: root) })
                {
                    Issue.record("the proof of leaf \(index) of \(size) holds for another root or leaf")
                }
                // A path is a sequence of turns. A proof is valid for every position with the same turns, and no two
                // such positions are in one tree.
                for (otherIndex, otherSize) in [
                    (index - 1, size), (index + 1, size), (index, size - 1), (index, size + 1),
                ] {
                    let exists = otherIndex >= 0 && otherIndex < otherSize
                    let same = exists && turns[otherSize][otherIndex] == turns[size][index]
                    let other = InclusionProof(index: otherIndex, size: otherSize, hashes: proof.hashes)
                    if holds({ try other.verify(leaf: leaf, root: root) }) != same || same && otherSize == size {
                        Issue.record("the proof of leaf \(index) of \(size) as one of \(otherIndex) of \(otherSize)")
                    }
                }
            }
        }
    }

    /// The sides of the proof's hashes, from the leaf to the root, as digits after a leading 1.
    private static func turns(_ index: Int, _ size: Int) -> Int {
        if size == 1 { return 1 }
        let k = NaiveTree.split(size)
        return index < k ? turns(index, k) * 2 : turns(index - k, size - k) * 2 + 1
    }

    @Test(
        "a proof needs exactly the tiles that are listed for it",
        arguments: [1, 2, 255, 256, 257, 513, 70_000]
    )
    func neededTiles(size: Int) throws {
        let leaves = (0..<size).map(TreeHash.cheap)
        var builder = TileBuilder()
        var stored: [TileCoordinate: Tile] = [:]
        for tile in builder.append(contentsOf: leaves) { stored[tile.coordinate] = tile }
        for index in Set([0, 1, 254, 255, 256, size / 2, size - 2, size - 1]).filter((0..<size).contains) {
            let needed = try InclusionProof.tiles(index: index, size: size)
            #expect(needed == needed.sorted() && Set(needed).count == needed.count)
            let tiles = needed.compactMap { stored[$0] }
            #expect(tiles.count == needed.count)
            try InclusionProof(index: index, size: size, tiles: TileSet(tiles)).verify(
                leaf: leaves[index],
                root: builder.root
            )
            for absent in tiles.indices {
                var rest = tiles
                rest.remove(at: absent)
                #expect(code { try InclusionProof(index: index, size: size, tiles: TileSet(rest)) } == .missingTile)
            }
        }
    }

    @Test(
        "an index outside the tree is rejected, on creation and on verification",
        arguments: [(0, 0), (1, 1), (-1, 1), (8, 8), (0, -1), (.max, .max), (.min, .max), (.max, .min)] as [(Int, Int)]
    )
    func outside(index: Int, size: Int) {
        #expect(code { try InclusionProof(index: index, size: size, tiles: TileSet()) } == .outOfRange)
        #expect(code { try InclusionProof.tiles(index: index, size: size) } == .outOfRange)
        let proof = InclusionProof(index: index, size: size, hashes: [])
        #expect(code { try proof.verify(leaf: .empty, root: .empty) } == .outOfRange)
    }

    @Test("proofs of the largest tree work, and an invalid proof reports the reason")
    func largest() throws {
        #expect(try InclusionProof.tiles(index: .max - 1, size: .max).count <= 16)
        #expect(try InclusionProof.tiles(index: 0, size: .max).count <= 16)
        let path = (0..<62).map(TreeHash.cheap)
        let proof = InclusionProof(index: 1 << 62 - 1, size: 1 << 62, hashes: path)
        let root = path.reduce(TreeHash.empty) { .node($1, $0) }
        try proof.verify(leaf: .empty, root: root)
        #expect(throws: EvidenceLogError.self) { try proof.verify(leaf: root, root: root) }

        let short = InclusionProof(index: 2, size: 4, hashes: [.empty])
        let long = InclusionProof(index: 0, size: 1, hashes: [.empty])
        let other = InclusionProof(index: 0, size: 1, hashes: [])
        for (proof, word) in [(short, "too few"), (long, "too many"), (other, "does not lead")] {
            let error = #expect(throws: EvidenceLogError.self) { try proof.verify(leaf: .empty, root: root) }
            #expect(error?.code == .inclusionNotProven)
            #expect(error?.description.contains(word) == true)
        }
    }
}
