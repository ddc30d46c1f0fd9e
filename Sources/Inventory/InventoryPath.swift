import ExactJSON

/// The path of a kind of value in an answer of the API, for any position in a list and any key of a map.
///
/// Names are joined by dots. `[]` behind a name means each element of a list, and `*` each member of a map. `*Name` is each
/// member whose name ends so, in whatever case and with its words joined in whatever way. `**` is any number of steps, none
/// included. `loyalty.cards[].profiles[]` is every profile on every card.
struct InventoryPath: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    fileprivate enum Step: Sendable, Hashable {
        case member(String)
        case eachElement
        case eachMember
        case eachMemberEnding(String)
        case anySteps
    }

    /// A value at a path.
    struct Match {
        /// The value.
        let value: RawJSON
        /// The object or list that holds it.
        let parent: RawJSON
        /// Its name, where an object holds it.
        let name: String?
    }

    /// The path as it was written.
    let description: String
    private let steps: [Step]

    private init(description: String, steps: [Step]) {
        self.description = description
        self.steps = steps
    }

    /// Reads a path. Every text is one; a path that fits nothing finds nothing.
    init(_ text: String) {
        let steps = text.split(separator: ".").flatMap { part in
            let name = part.prefix { $0 != "[" }
            let each = Array(repeating: Step.eachElement, count: (part.count - name.count) / 2)
            return (name.isEmpty ? [] : [Step(name)]) + each
        }
        self.init(description: text, steps: steps)
    }

    /// Reads a path from a literal.
    init(stringLiteral text: String) {
        self.init(text)
    }

    /// The path of one attribute of the profile, whatever characters its name has.
    static func attribute(_ name: String) -> InventoryPath {
        InventoryPath(
            description: "profile.attributes.\(name)",
            steps: [.member("profile"), .member("attributes"), .member(name)]
        )
    }

    /// Whether it begins with any number of steps.
    var isAnyPlace: Bool { steps.first == .anySteps }

    /// Every value at this path, in document order. A member whose name occurs twice counts twice.
    func matches(in root: RawJSON?) -> [Match] {
        guard let root else { return [] }
        return steps.reduce([Match(value: root, parent: root, name: nil)]) { found, step in
            found.flatMap { match in
                let parent = match.value
                return switch step {
                case .member(let name):
                    parent.values(named: name).map { Match(value: $0, parent: parent, name: name) }
                case .eachElement: parent.elements.map { Match(value: $0, parent: parent, name: nil) }
                case .eachMember: parent.members.map { Match(value: $0.value, parent: parent, name: $0.name) }
                case .eachMemberEnding(let end):
                    parent.members.filter { $0.key.bytes.count > end.utf8.count && $0.name.joinedWords.hasSuffix(end) }
                        .map { Match(value: $0.value, parent: parent, name: $0.name) }
                case .anySteps: match.withDescendants
                }
            }
        }
    }
}

extension InventoryPath.Step {
    fileprivate init(_ text: Substring) {
        self =
            switch text {
            case "*": .eachMember
            case "**": .anySteps
            case _ where text.hasPrefix("*"): .eachMemberEnding(text.dropFirst().joinedWords)
            default: .member(String(text))
            }
    }
}

extension InventoryPath.Match {
    /// This value and all values in it, at any depth, in document order.
    fileprivate var withDescendants: [InventoryPath.Match] {
        var found: [InventoryPath.Match] = []
        var open = [self]
        while let match = open.popLast() {
            found.append(match)
            let value = match.value
            let members = value.members.map { InventoryPath.Match(value: $0.value, parent: value, name: $0.name) }
            let elements = value.elements.map { InventoryPath.Match(value: $0, parent: value, name: nil) }
            open += (members + elements).reversed()
        }
        return found
    }
}

extension StringProtocol {
    /// A name without case and without what joins its words: `profile_integration_id` is `profileIntegrationId`.
    var joinedWords: String { lowercased().filter { $0 != "_" && $0 != "-" } }
}
