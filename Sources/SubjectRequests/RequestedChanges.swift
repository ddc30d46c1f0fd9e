import Foundation

/// The changes that a rectification asks for: attributes and their new values.
///
/// Prints only the number of attributes: names and values are personal data.
public struct RequestedChanges: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// The JSON object as it was received, with numbers as they were written.
    public let json: String
    /// The names of the attributes, sorted.
    public let names: [String]

    /// Reads the changes of a row.
    ///
    /// - Throws: ``InvalidRequest`` if the text is not a JSON object with at least one member.
    public init(json: String?) throws(InvalidRequest) {
        guard let json, let value = try? JSONSerialization.jsonObject(with: Data(json.utf8)),
            let object = value as? [String: Any], !object.isEmpty
        else {
            throw InvalidRequest("a rectification needs changes: a JSON object of attribute names and new values")
        }
        self.json = json
        self.names = object.keys.sorted()
    }

    /// The number of attributes.
    public var description: String { "(\(names.count) \(names.count == 1 ? "change" : "changes"), withheld)" }
    /// Empty, so that dumps show nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
