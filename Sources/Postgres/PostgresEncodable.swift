/// A value that can be a statement's parameter.
///
/// | Swift | sent as |
/// |---|---|
/// | `Bool` | `bool` |
/// | `Int16`, `Int32` | `int2`, `int4` |
/// | `Int64`, `Int` | `int8` |
/// | `Double` | `float8` |
/// | `String` | whatever type stands there: a cast (`$1::some_enum`), a column, or else `text` |
/// | `Data` | `bytea` |
/// | `Date` | `timestamptz`, rounded to microseconds |
/// | `PostgresDate` | `date` |
/// | `UUID` | `uuid` |
/// | `PostgresJSON` | whatever type stands there: `json` or `jsonb`, cast where it could be anything |
/// | `[T]`, `[T?]` | an array of the above with one dimension; `[String]` is `text[]`, `[PostgresJSON]` is `json[]` |
/// | `nil` | NULL |
///
/// An array of strings or documents that the statement needs as another type takes an explicit cast
/// (`$1::some_enum[]`, `$1::jsonb[]`), which the server applies to each element.
public protocol PostgresEncodable: Sendable {
    /// How values of this type are sent.
    static var postgresEncoding: PostgresEncoding { get }

    /// Appends the value in the binary format of its type.
    ///
    /// - Returns: false, with nothing appended, for NULL.
    /// - Throws: what about the value cannot be sent.
    func encode(into bytes: inout [UInt8]) throws(EncodingFailure) -> Bool
}

/// How values of a Swift type are sent.
public struct PostgresEncoding: Sendable {
    /// The type that the server is told for a parameter.
    public let parameter: PostgresType
    /// The type of an array's elements; nil if there are no arrays of it.
    public let element: PostgresType?

    /// With `.unspecified` for the parameter, `encode(into:)` appends text instead of binary.
    public init(parameter: PostgresType, element: PostgresType?) {
        self.parameter = parameter
        self.element = element
    }

    init(_ type: PostgresType) {
        self.init(parameter: type, element: type)
    }

    /// A value of a type to be found out must be in the text format, which every type has and reads by its own rules.
    var isText: Bool {
        parameter == .unspecified
    }
}

/// Why a value cannot be sent. Says what kind of thing is wrong, never with what value.
public struct EncodingFailure: Error, Sendable, CustomStringConvertible {
    /// Goes behind the name of the statement and the number of the parameter.
    public let description: String

    /// - Parameter description: must not hold the value.
    public init(_ description: String) {
        self.description = description
    }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    /// How values of this type are sent.
    public static var postgresEncoding: PostgresEncoding { Wrapped.postgresEncoding }

    /// Appends the value in the binary format of its type.
    public func encode(into bytes: inout [UInt8]) throws(EncodingFailure) -> Bool {
        switch self {
        case .some(let value): try value.encode(into: &bytes)
        case .none: false
        }
    }
}
