import Foundation

/// Any JSON object. Decoding it tells a complete body from one that is cut off or not of the API.
struct JSONObjectShape: Decodable {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        _ = try decoder.container(keyedBy: Key.self)
    }

    /// Whether the bytes are valid UTF-8 and one JSON object.
    static func isReadable(_ body: Data) -> Bool {
        guard String(validating: body, as: UTF8.self) != nil else { return false }
        return (try? JSONDecoder().decode(JSONObjectShape.self, from: body)) != nil
    }
}
