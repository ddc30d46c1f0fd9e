import EvidenceLog
import Foundation
import Testing

@Suite("Tree hashes")
struct TreeHashTests {
    static let leaves: [[UInt8]] = [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
        Array(0x50...0x57), Array(0x60...0x6F),
    ]

    static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    @Test("a leaf has the same hash as in other logs, and an empty leaf differs from an empty tree")
    func knownHashes() throws {
        #expect(
            TreeHash.leaf(Data("L123456".utf8)).hex
                == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
        )
        #expect(TreeHash.empty.hex == Self.roots[0])
        #expect(TreeHash.leaf(Data()) != .empty)
    }

    @Test("trees of zero to eight leaves have the published roots")
    func knownRoots() {
        var range = CompactRange()
        var builder = TileBuilder()
        #expect(range.root.hex == Self.roots[0])
        #expect(builder.root.hex == Self.roots[0])
        for (leaf, root) in zip(Self.leaves, Self.roots.dropFirst()) {
            range.append(.leaf(leaf))
            _ = builder.append(.leaf(leaf))
            #expect(range.root.hex == root)
            #expect(builder.root.hex == root)
        }
    }

    @Test("the naive tree of these tests has the published roots too")
    func oracle() {
        let tree = NaiveTree(Self.leaves.map { NaiveTree.leaf(Data($0)) })
        #expect((0...8).map { tree.root(0..<$0).hex } == Self.roots)
    }

    @Test("a hash is unchanged after conversion to bytes and to base64 and back")
    func roundTrip() {
        let hash = TreeHash.leaf(Data("a".utf8))
        #expect(TreeHash(hash.data) == hash)
        #expect(TreeHash(base64: hash.base64) == hash)
        #expect(TreeHash((Data([9]) + hash.data).dropFirst()) == hash)
        #expect(hash.description == hash.base64)
    }

    @Test(
        "base64 that is not the canonical spelling of 32 bytes is not a hash",
        arguments: [
            "", "=", "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg", "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg==",
            "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyh=", " XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=",
            "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz-Nw7_RgQyg=", "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
            "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQw==",
        ]
    )
    func notBase64(text: String) {
        #expect(TreeHash(base64: text) == nil)
    }

    @Test("any other number of bytes than 32 is not a hash")
    func wrongLength() {
        for count in [0, 1, 31, 33, 64] {
            #expect(TreeHash(Data(count: count)) == nil)
        }
    }
}
