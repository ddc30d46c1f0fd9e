public import Foundation

/// Attributes to merge into a customer profile.
public struct NewCustomerProfile: Sendable, Hashable {
    /// The attributes as a JSON object, byte for byte.
    private let json: Data

    /// Creates the update. ``JSONValue/null`` clears an attribute; an attribute that is not listed stays.
    public init(attributes: [String: JSONValue]) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A dictionary of JSON values can always be encoded.
        json = (try? encoder.encode(attributes)) ?? Data("{}".utf8)
    }

    /// Creates the update from JSON text, which is sent as it is: no digit and no code point changes.
    ///
    /// - Parameter json: A JSON object of attribute names and values; `null` clears an attribute.
    public init(exactly json: Data) {
        self.json = json
    }

    /// The body of the request.
    var body: Data { Data("{\"attributes\":".utf8) + json + Data("}".utf8) }
}
