/// A type that a column can be read as.
///
/// | Swift | reads |
/// |---|---|
/// | `Bool` | `bool` |
/// | `Int16`; `Int32`; `Int64`, `Int` | `int2`; also `int4`; also `int8` |
/// | `Double` | `float8`, `float4` |
/// | `String` | `text`, `varchar`, `char`, `name`, `json`, enums |
/// | `Data` | `bytea` |
/// | `Date` | `timestamptz` |
/// | `PostgresDate` | `date` |
/// | `UUID` | `uuid` |
/// | `PostgresJSON` | `json`, `jsonb` |
/// | `[T]`, `[T?]` | arrays of the above with one dimension |
/// | `T?` | the above and NULL |
///
/// Anything else is cast in the statement: `amount::text`, `sum(n)::int8`.
public protocol PostgresDecodable: Sendable {
    /// Reads a value in its type's binary format; nil stands for NULL.
    static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> Self
}

/// One value as the server sent it. Lives only as long as the call of `decode` that it is handed to.
public struct PostgresCell {
    /// The type that the server says it has.
    public let type: PostgresType
    /// Its binary format.
    public let bytes: UnsafeRawBufferPointer
}

/// Why a value cannot be read. Says what kind of thing is wrong, never with what value.
public struct DecodingFailure: Error, Sendable, CustomStringConvertible {
    /// Goes behind the names of the statement and the column.
    public let description: String

    /// - Parameter description: must not hold the value.
    public init(_ description: String) {
        self.description = description
    }

    static let null = DecodingFailure("it is NULL, and is read as something that is not optional")
    static let malformed = DecodingFailure("the server sent a value of an unexpected length or layout")
    static let infinite = DecodingFailure("it is infinite, and is read as a point in time")

    static func type(_ type: PostgresType, readAs name: String) -> DecodingFailure {
        DecodingFailure("it has the type number \(type.rawValue), which cannot be read as \(name): cast it")
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
    /// The value if it is not NULL and has one of `types`.
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
