/// A parsed document as a flat list: one node for each value or member name, in the order of the bytes.
///
/// A container's contents follow it directly; `next` skips them. Offsets are 32 bits wide to keep a node at 16 bytes.
final class JSONTape: Sendable {
    struct Node: Sendable {
        var start: UInt32
        var end: UInt32
        /// The index of the node that follows this one and all that it contains.
        var next: UInt32
        var kind: RawJSON.Kind
        /// Whether this is the name of a member; its value is the next node.
        var isKey: Bool
    }

    let bytes: [UInt8]
    let nodes: [Node]

    init(bytes: [UInt8], nodes: [Node]) {
        self.bytes = bytes
        self.nodes = nodes
    }

    /// The elements of an array, or the names of an object's members.
    func children(of index: Int) -> [Int] {
        let end = Int(nodes[index].next)
        var children: [Int] = []
        var child = index + 1
        while child < end {
            children.append(child)
            child = Int(nodes[nodes[child].isKey ? child + 1 : child].next)
        }
        return children
    }

    func leafCount(of index: Int) -> Int {
        (index..<Int(nodes[index].next)).count { candidate in
            let node = nodes[candidate]
            let isContainer = node.kind == .object || node.kind == .array
            return !node.isKey && !(isContainer && Int(node.next) > candidate + 1)
        }
    }
}
