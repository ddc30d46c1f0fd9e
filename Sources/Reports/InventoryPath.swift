/// Where a kind of value stands in an answer of the API, whatever its position in a list or its key in a map.
///
/// Written as it is read: names joined by dots, `[]` behind a name for each element of a list, `*` for each member of
/// a map. `loyalty.cards[].profiles[]` is every profile on every card.
public struct InventoryPath: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    private enum Step: Sendable, Hashable {
        case member(String)
        case eachElement
        case eachMember
    }

    /// A value that was found, with the object or list that holds it.
    struct Match {
        let value: RawJSON
        let parent: RawJSON
    }

    /// The path as it was written.
    public let description: String
    private let steps: [Step]

    /// Reads a path. Every text is one; a path that fits nothing finds nothing.
    public init(_ text: String) {
        description = text
        steps = text.split(separator: ".").flatMap { part in
            let name = part.prefix { $0 != "[" }
            let each = Array(repeating: Step.eachElement, count: (part.count - name.count) / 2)
            return (name.isEmpty ? [] : [name == "*" ? Step.eachMember : .member(String(name))]) + each
        }
    }

    /// Reads a path from a literal.
    public init(stringLiteral text: String) {
        self.init(text)
    }

    /// Every value at this path, in document order. A member whose name occurs twice counts twice.
    func matches(in root: RawJSON?) -> [Match] {
        guard let root else { return [] }
        var found: [(value: RawJSON, parent: RawJSON)] = [(root, root)]
        for step in steps {
            found = found.flatMap { match in
                switch step {
                case .member(let name): match.value.values(named: name).map { ($0, match.value) }
                case .eachElement: match.value.elements.map { ($0, match.value) }
                case .eachMember: match.value.members.map { ($0.value, match.value) }
                }
            }
        }
        return found.map { Match(value: $0.value, parent: $0.parent) }
    }
}
