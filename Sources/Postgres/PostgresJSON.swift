/// A JSON document as its exact text.
///
/// A `json` column gives back the text that it was given; a `jsonb` column a normal form of it.
public struct PostgresJSON: Sendable, Hashable {
    /// The document.
    public var text: String

    /// Takes any text; the server refuses what is not JSON.
    public init(_ text: String) {
        self.text = text
    }
}

extension PostgresJSON: PostgresEncodable, PostgresDecodable {
    /// Of no type, so that it fits `json` and `jsonb` alike; in arrays `json`, which can be cast to `jsonb[]`.
    public static var postgresEncoding: PostgresEncoding { PostgresEncoding(parameter: .unspecified, element: .json) }

    /// Appends the value in the binary format of its type.
    public func encode(into bytes: inout [UInt8]) throws(EncodingFailure) -> Bool {
        try text.encode(into: &bytes)
    }

    /// Reads a value in the binary format of its type.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> PostgresJSON {
        let cell = try PostgresCell.expect(cell, .json, .jsonb, as: "PostgresJSON")
        guard cell.type == .jsonb else { return PostgresJSON(try String(checking: cell.bytes)) }
        // In binary, jsonb is its text behind a version, which is 1 so far.
        guard cell.bytes.first == 1 else { throw .malformed }
        return PostgresJSON(try String(checking: cell.bytes.dropFirst()))
    }
}
