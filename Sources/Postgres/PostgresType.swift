/// A type of the server, by its number in `pg_type`.
public struct PostgresType: RawRepresentable, Sendable, Hashable {
    /// The type's OID.
    public let rawValue: UInt32

    /// A type by its OID.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The server finds out from where the parameter stands.
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
    static let uuid = PostgresType(rawValue: 2950)
    static let jsonb = PostgresType(rawValue: 3802)

    /// Enums and domains are made by users; numbers below are the server's own.
    var isUserDefined: Bool {
        rawValue >= 16_384
    }

    /// The array of this type, for the types that parameters have.
    var array: PostgresType? {
        Self.arrays[self]
    }

    private static let arrays: [PostgresType: PostgresType] = [
        .bool: PostgresType(rawValue: 1000),
        .bytea: PostgresType(rawValue: 1001),
        .int2: PostgresType(rawValue: 1005),
        .int4: PostgresType(rawValue: 1007),
        .text: PostgresType(rawValue: 1009),
        .int8: PostgresType(rawValue: 1016),
        .float8: PostgresType(rawValue: 1022),
        .date: PostgresType(rawValue: 1182),
        .timestamptz: PostgresType(rawValue: 1185),
        .json: PostgresType(rawValue: 199),
        .uuid: PostgresType(rawValue: 2951),
    ]
}
