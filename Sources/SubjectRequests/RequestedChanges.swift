import Foundation

/// The changes that a rectification asks for: attributes and their new values.
///
/// Prints only the number of attributes: names and values are personal data.
public struct RequestedChanges: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// The JSON object as it was received, byte for byte: it is sent like this.
    public let json: String
    /// The names of the attributes, sorted.
    public let names: [String]

    /// Reads the changes of a row.
    ///
    /// - Throws: ``InvalidRequest`` if the text is not a JSON object with at least one member, or if what it says could
    ///   not be sent and compared exactly.
    public init(json: String?) throws(InvalidRequest) {
        guard let json, let value = try? JSONSerialization.jsonObject(with: Data(json.utf8)), value is [String: Any]
        else {
            throw InvalidRequest("a rectification needs changes: a JSON object of attribute names and new values")
        }
        let shape = try ChangesShape(json)
        guard !shape.names.isEmpty else {
            throw InvalidRequest("a rectification needs changes: the JSON object has no members")
        }
        self.json = json
        self.names = shape.names.sorted()
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
