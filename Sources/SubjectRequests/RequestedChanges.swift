import ExactJSON
import Foundation

/// The changes that a rectification asks for: attributes and their new values.
///
/// Prints only the number of attributes: names and values are personal data.
public struct RequestedChanges: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// The JSON object as it was received, byte for byte: it is sent like this.
    public let json: String
    /// The names of the attributes, sorted.
    public let names: [String]

    /// The most objects and arrays that may be open at once: half of what an inventory may have.
    private static let depthLimit = 64

    /// Reads the changes of a row.
    ///
    /// - Throws: ``InvalidRequest`` if the text is not a JSON object with at least one member, or if what it says could
    ///   not be sent, stored and compared exactly: readers of JSON differ in what they make of two members of one name, of
    ///   half a surrogate pair, and of any depth.
    public init(json: String?) throws(InvalidRequest) {
        guard let json else {
            throw InvalidRequest("a rectification needs changes: a JSON object of attribute names and new values")
        }
        let changes = try Self.parse(json)
        guard changes.kind == .object else {
            throw InvalidRequest("the changes must be a JSON object of attribute names and new values")
        }
        guard !changes.members.isEmpty else {
            throw InvalidRequest("a rectification needs changes: the JSON object has no members")
        }
        try Self.checkNames(in: changes)
        self.json = json
        self.names = changes.members.map(\.name).sorted()
    }

    private static func parse(_ json: String) throws(InvalidRequest) -> RawJSON {
        do {
            return try RawJSON.parse(Data(json.utf8), depthLimit: depthLimit)
        } catch  where error.code == .tooDeep {
            throw InvalidRequest("the changes nest deeper than \(depthLimit) levels")
        } catch {
            throw InvalidRequest(
                "the changes are not valid JSON"
                    + (error.offset.map { ", at byte \($0)" } ?? "")
                    + "; expected an object such as {\"City\": \"Bonn\"}"
            )
        }
    }

    // The depth is limited.
    private static func checkNames(in value: RawJSON) throws(InvalidRequest) {
        try checkText(value)
        var names: Set<[UInt16]> = []
        for member in value.members {
            try checkText(member.key)
            guard let name = member.key.codeUnits, names.insert(name).inserted else {
                throw InvalidRequest("a name occurs twice in one object of the changes; give each name once")
            }
            try checkNames(in: member.value)
        }
        for element in value.elements { try checkNames(in: element) }
    }

    private static func checkText(_ value: RawJSON) throws(InvalidRequest) {
        guard let units = value.codeUnits else { return }
        guard String(validating: units, as: UTF16.self) != nil else {
            throw InvalidRequest("a text in the changes has half a surrogate pair, which no text can hold")
        }
        guard !units.contains(0) else {
            throw InvalidRequest("a text in the changes has the character U+0000, which Postgres cannot store")
        }
    }

    /// The number of attributes.
    public var description: String { "(\(names.count) \(names.count == 1 ? "change" : "changes"), withheld)" }
    /// Empty, so that dumps show nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Compares the JSON text byte for byte: Swift takes two spellings that Unicode calls equivalent for one.
    public static func == (left: RequestedChanges, right: RequestedChanges) -> Bool {
        left.json.utf8.elementsEqual(right.json.utf8)
    }
    /// Hashes the bytes of the JSON text.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(Array(json.utf8))
    }
}
