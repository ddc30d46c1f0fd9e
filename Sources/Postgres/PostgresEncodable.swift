/// A value that can be a parameter of a statement.
///
/// | Swift | sent as |
/// |---|---|
/// | `Bool` | `bool` |
/// | `Int32` | `int4` |
/// | `Int64`, `Int` | `int8` |
/// | `Double` | `float8` |
/// | `String` | the type that its place in the statement has: of a cast (`$1::some_enum`), of a column, else `text` |
/// | `Data` | `bytea` |
/// | `Date` | `timestamptz`, rounded to microseconds |
/// | `PostgresDate` | `date` |
/// | `PostgresJSON` | the type that its place has, `json` or `jsonb`; needs a cast if the place has no type |
/// | `[T]`, `[T?]` | an array of the above with one dimension; `[String]` is `text[]`, `[PostgresJSON]` is `json[]` |
/// | `nil` | NULL |
///
/// An array of strings or documents needs an explicit cast for another type (`$1::some_enum[]`, `$1::jsonb[]`), which
/// the server applies to each element.
public protocol PostgresEncodable: Sendable {
    /// How values of this type are sent.
    static var postgresEncoding: PostgresEncoding { get }

    /// Appends the value in the binary format of its type.
    ///
    /// - Returns: false for NULL; nothing is appended then.
    /// - Throws: the reason why the value cannot be sent.
    func encode(into bytes: inout [UInt8]) throws(EncodingFailure) -> Bool
}

/// How values of a Swift type are sent.
public struct PostgresEncoding: Sendable {
    /// The type that is declared for a parameter.
    public let parameter: PostgresType
    /// The type of an array's elements; nil if arrays are not supported.
    public let element: PostgresType?

    /// An encoding. With `.unspecified` for the parameter, `encode(into:)` appends text instead of the binary format.
    public init(parameter: PostgresType, element: PostgresType?) {
        self.parameter = parameter
        self.element = element
    }

    init(_ type: PostgresType) {
        self.init(parameter: type, element: type)
    }

    /// Whether values are sent as text. If the server infers the type, it must be text, which every type can parse.
    var isText: Bool {
        parameter == .unspecified
    }
}

/// The reason why a value cannot be sent; never contains the value.
public struct EncodingFailure: Error, Sendable, CustomStringConvertible {
    /// The reason in one sentence, shown after the name of the statement and the number of the parameter.
    public let description: String

    /// A reason.
    ///
    /// - Parameter description: must not contain the value.
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
