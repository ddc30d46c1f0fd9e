import Foundation

/// What a rectification asks for: attributes and their new values.
///
/// Prints the attributes' number only: names and values are the person's.
public struct RequestedChanges: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// The changes as the JSON object that came, with numbers as they were written.
    public let json: String
    /// The attributes' names, sorted.
    public let names: [String]

    /// - Throws: ``InvalidRequest`` where the text is not a JSON object with at least one member.
    public init(json: String?) throws(InvalidRequest) {
        guard let json, let value = try? JSONSerialization.jsonObject(with: Data(json.utf8)),
            let object = value as? [String: Any], !object.isEmpty
        else {
            throw InvalidRequest("a rectification needs changes: a JSON object of attribute names and new values")
        }
        self.json = json
        self.names = object.keys.sorted()
    }

    /// How many there are; names and values are the person's.
    public var description: String { "(\(names.count) changes, withheld)" }
    /// Empty, so that dumps show nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
