public import Postgres
public import SubjectRequests

/// A civil day is stored as a `date`.
extension CivilDate: PostgresEncodable, PostgresDecodable {
    /// How values of this type are sent.
    public static var postgresEncoding: PostgresEncoding { PostgresDate.postgresEncoding }

    /// Appends the value in the binary format of its type.
    public func encode(into bytes: inout [UInt8]) throws(EncodingFailure) -> Bool {
        try PostgresDate(daysSince2000: Int32(daysSince1970 - Self.daysFrom1970To2000)).encode(into: &bytes)
    }

    /// Reads a value in the binary format of its type.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> CivilDate {
        let days = Int(try PostgresDate.decode(cell).daysSince2000) + daysFrom1970To2000
        guard let day = CivilDate(daysSince1970: days) else {
            throw DecodingFailure("the day is before the year 1 or after 9999")
        }
        return day
    }

    private static let daysFrom1970To2000 = 10_957
}

/// A word of a closed list, stored as text.
public protocol PostgresText: PostgresDecodable, RawRepresentable where RawValue == String {}

extension PostgresText {
    /// Reads the word.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> Self {
        guard let word = Self(rawValue: try String.decode(cell)) else {
            throw DecodingFailure("it is not a word that this version of dsr knows")
        }
        return word
    }
}

extension Right: PostgresText {}
extension RequestState: PostgresText {}
extension Outcome: PostgresText {}
extension Gate: PostgresText {}
extension RefusalGround: PostgresText {}
extension IdentityMethod: PostgresText {}
extension LegalHold.Ground: PostgresText {}
extension Suspension.Cause: PostgresText {}
