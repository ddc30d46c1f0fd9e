/// A JSON document as its exact text.
///
/// A `json` column returns the text unchanged; a `jsonb` column returns it normalised.
public struct PostgresJSON: Sendable, Hashable {
    /// The document.
    public var text: String

    /// A document from any text; the server rejects text that is not JSON.
    public init(_ text: String) {
        self.text = text
    }
}

extension PostgresJSON: PostgresEncodable, PostgresDecodable {
    /// Without a type, so that it fits both `json` and `jsonb`; in arrays `json`, which can be cast to `jsonb[]`.
    public static var postgresEncoding: PostgresEncoding { PostgresEncoding(parameter: .unspecified, element: .json) }

    /// Appends the value in the binary format of its type.
    public func encode(into bytes: inout [UInt8]) throws(EncodingFailure) -> Bool {
        try text.encode(into: &bytes)
    }

    /// Reads a value in the binary format of its type.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> PostgresJSON {
        let cell = try PostgresCell.expect(cell, .json, .jsonb, as: "PostgresJSON")
        guard cell.type == .jsonb else { return PostgresJSON(try String(checking: cell.bytes)) }
        // The binary format of jsonb is a version byte, currently 1, and the text.
        guard cell.bytes.first == 1 else { throw .malformed }
        return PostgresJSON(try String(checking: cell.bytes.dropFirst()))
    }
}
