/// A type of the server, by its number in `pg_type`.
public struct PostgresType: RawRepresentable, Sendable, Hashable {
    /// The type's OID.
    public let rawValue: UInt32

    /// A type by its OID.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The server finds out from where the parameter stands.
    public static let unspecified = PostgresType(rawValue: 0)
    /// `bool `.
    public static let bool = PostgresType(rawValue: 16)
    /// `bytea `.
    public static let bytea = PostgresType(rawValue: 17)
    /// `name `.
    public static let name = PostgresType(rawValue: 19)
    /// `int8 `.
    public static let int8 = PostgresType(rawValue: 20)
    /// `int2 `.
    public static let int2 = PostgresType(rawValue: 21)
    /// `int4 `.
    public static let int4 = PostgresType(rawValue: 23)
    /// `text `.
    public static let text = PostgresType(rawValue: 25)
    /// `json `.
    public static let json = PostgresType(rawValue: 114)
    /// `float4 `.
    public static let float4 = PostgresType(rawValue: 700)
    /// `float8 `.
    public static let float8 = PostgresType(rawValue: 701)
    /// `unknown `.
    public static let unknown = PostgresType(rawValue: 705)
    /// `bpchar `.
    public static let bpchar = PostgresType(rawValue: 1042)
    /// `varchar `.
    public static let varchar = PostgresType(rawValue: 1043)
    /// `date `.
    public static let date = PostgresType(rawValue: 1082)
    /// `timestamptz `.
    public static let timestamptz = PostgresType(rawValue: 1184)
    /// `uuid `.
    public static let uuid = PostgresType(rawValue: 2950)
    /// `jsonb `.
    public static let jsonb = PostgresType(rawValue: 3802)

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
