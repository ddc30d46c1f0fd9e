/// A data type of the server, identified by its OID in `pg_type`.
public struct PostgresType: RawRepresentable, Sendable, Hashable {
    /// The type's OID.
    public let rawValue: UInt32

    /// A type by its OID.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The server infers the type from the parameter's place in the statement.
    static let unspecified = PostgresType(rawValue: 0)
    static let bool = PostgresType(rawValue: 16)
    static let bytea = PostgresType(rawValue: 17)
    static let name = PostgresType(rawValue: 19)
    static let int8 = PostgresType(rawValue: 20)
    static let int2 = PostgresType(rawValue: 21)
    static let int4 = PostgresType(rawValue: 23)
    static let text = PostgresType(rawValue: 25)
    static let json = PostgresType(rawValue: 114)
    static let float4 = PostgresType(rawValue: 700)
    static let float8 = PostgresType(rawValue: 701)
    static let unknown = PostgresType(rawValue: 705)
    static let bpchar = PostgresType(rawValue: 1042)
    static let varchar = PostgresType(rawValue: 1043)
    static let date = PostgresType(rawValue: 1082)
    static let timestamptz = PostgresType(rawValue: 1184)
    static let jsonb = PostgresType(rawValue: 3802)

    /// Whether the type was defined by a user, such as an enum or a domain. Lower OIDs are reserved for the server.
    var isUserDefined: Bool {
        rawValue >= 16_384
    }

    /// The array type with elements of this type; nil if parameters of that type are not supported.
    var array: PostgresType? {
        Self.arrays[self]
    }

    private static let arrays: [PostgresType: PostgresType] = [
        .bool: PostgresType(rawValue: 1000),
        .bytea: PostgresType(rawValue: 1001),
        .int4: PostgresType(rawValue: 1007),
        .text: PostgresType(rawValue: 1009),
        .int8: PostgresType(rawValue: 1016),
        .float8: PostgresType(rawValue: 1022),
        .date: PostgresType(rawValue: 1182),
        .timestamptz: PostgresType(rawValue: 1185),
        .json: PostgresType(rawValue: 199),
    ]
}
