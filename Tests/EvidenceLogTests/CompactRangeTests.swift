import EvidenceLog
import Testing

@Suite("Compact ranges")
struct CompactRangeTests {
    @Test("a compact range has the root of the tree and can be restored at every size")
    func grows() throws {
        let tree = NaiveTree(count: 300)
        var range = CompactRange()
        for size in 0...300 {
            #expect(range.size == size)
            #expect(range.root == tree.root(0..<size))
            #expect(range.subtrees.count == size.nonzeroBitCount)
            let stored = try CompactRange(size: range.size, subtrees: range.subtrees)
            #expect(stored == range)
            if size < 300 {
                range = stored
                range.append(tree.leaves[size])
            }
        }
    }

    @Test("a compact range of an invalid size is rejected")
    func refusals() {
        #expect(code { try CompactRange(size: -1, subtrees: []) } == .outOfRange)
        #expect(code { try CompactRange(size: Int.min, subtrees: [.empty]) } == .outOfRange)
        #expect(code { try CompactRange(size: Int.max, subtrees: Array(repeating: .empty, count: 63)) } == .outOfRange)
        #expect(code { try CompactRange(size: 3, subtrees: [.empty]) } == .outOfRange)
        #expect(code { try CompactRange(size: 0, subtrees: [.empty]) } == .outOfRange)
    }

    @Test("a tree of the maximum size can be continued")
    func largest() throws {
        var range = try CompactRange(size: CompactRange.maximumSize, subtrees: [.empty])
        range.append(.leaf([]))
        #expect(range.root == .node(.empty, .leaf([])))
    }
}
