/// A type that a column can be decoded as.
///
/// | Swift | reads |
/// |---|---|
/// | `Bool` | `bool` |
/// | `Int32` | `int2`, `int4` |
/// | `Int64`, `Int` | `int2`, `int4`, `int8` |
/// | `Double` | `float8`, `float4` |
/// | `String` | `text`, `varchar`, `char`, `name`, `json`, enums |
/// | `Data` | `bytea` |
/// | `Date` | `timestamptz` |
/// | `PostgresDate` | `date` |
/// | `PostgresJSON` | `json`, `jsonb` |
/// | `[T]`, `[T?]` | arrays of the above with one dimension |
/// | `T?` | the above and NULL |
///
/// Cast other types in the statement: `amount::text`, `sum(n)::int8`.
public protocol PostgresDecodable: Sendable {
    /// Reads a value in the binary format of its type; nil is NULL.
    static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> Self
}

/// One value as the server sent it. Valid only during the call of `decode` that receives it.
public struct PostgresCell {
    /// The type that the server reports.
    public let type: PostgresType
    /// The value in the binary format of its type.
    public let bytes: UnsafeRawBufferPointer
}

/// The reason why a value cannot be decoded; never contains the value.
public struct DecodingFailure: Error, Sendable, CustomStringConvertible {
    /// The reason in one sentence, shown after the names of the statement and the column.
    public let description: String

    /// A reason.
    ///
    /// - Parameter description: must not contain the value.
    public init(_ description: String) {
        self.description = description
    }

    static let null = DecodingFailure("the value is NULL, but the type is not optional")
    static let malformed = DecodingFailure("the server sent a value of an unexpected length or layout")
    static let infinite = DecodingFailure("the value is infinite, and the type has only finite dates")

    static func type(_ type: PostgresType, readAs name: String) -> DecodingFailure {
        DecodingFailure("the value has the type OID \(type.rawValue), which cannot be decoded as \(name): use a cast")
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// Reads a value in the binary format of its type.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> Wrapped? {
        guard let cell else { return nil }
        return try Wrapped.decode(cell)
    }
}

extension PostgresCell {
    /// The cell, checked to be not NULL and of one of `types`.
    static func expect(
        _ cell: PostgresCell?,
        _ types: PostgresType...,
        as name: String
    ) throws(DecodingFailure) -> PostgresCell {
        guard let cell else { throw .null }
        guard types.contains(cell.type) else { throw .type(cell.type, readAs: name) }
        return cell
    }

    /// The value as an integer in network byte order.
    func integer<I: FixedWidthInteger & BitwiseCopyable>(as type: I.Type = I.self) throws(DecodingFailure) -> I {
        guard bytes.count == MemoryLayout<I>.size else { throw .malformed }
        return I(bigEndian: bytes.loadUnaligned(as: I.self))
    }
}

extension [UInt8] {
    /// Appends an integer in network byte order.
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
