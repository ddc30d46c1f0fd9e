public import Foundation

/// Postgres counts from 2000-01-01, Foundation from 2001-01-01, both in UTC: 366 days apart.
private let secondsBetweenEpochs = 366.0 * 86_400

extension Date: PostgresEncodable, PostgresDecodable {
    /// How values of this type are sent.
    public static var postgresEncoding: PostgresEncoding { PostgresEncoding(.timestamptz) }

    /// Appends the value in the binary format of its type, rounded to the microsecond.
    ///
    /// A `Date` is a `Double` of seconds: within 68 years of 2001 every microsecond is preserved in both directions.
    public func encode(into bytes: inout [UInt8]) throws(EncodingFailure) -> Bool {
        let seconds = timeIntervalSinceReferenceDate + secondsBetweenEpochs
        // Whole seconds and their fraction are converted separately: the product of a distant date would lose
        // microseconds.
        guard let whole = Int64(exactly: seconds.rounded(.down)), abs(whole) < 9_000_000_000_000 else {
            throw EncodingFailure("the date is outside the range of timestamptz")
        }
        let fraction = ((timeIntervalSinceReferenceDate - timeIntervalSinceReferenceDate.rounded(.down)) * 1e6)
            .rounded()
        bytes.append(bigEndian: whole * 1_000_000 + Int64(fraction))
        return true
    }

    /// Reads a value in the binary format of its type.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> Date {
        let microseconds: Int64 = try PostgresCell.expect(cell, .timestamptz, as: "Date").integer()
        guard microseconds != .max && microseconds != .min else { throw .infinite }
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return Date(timeIntervalSinceReferenceDate: Double(seconds) - secondsBetweenEpochs + Double(rest) / 1e6)
    }
}

/// A `date` as the server counts it. The calendar is left to the caller.
public struct PostgresDate: Sendable, Hashable {
    /// Days since 2000-01-01; negative before it.
    public var daysSince2000: Int32

    /// A day by its number. The server rejects days outside the range of `date`.
    public init(daysSince2000: Int32) {
        self.daysSince2000 = daysSince2000
    }
}

extension PostgresDate: PostgresEncodable, PostgresDecodable {
    /// How values of this type are sent.
    public static var postgresEncoding: PostgresEncoding { PostgresEncoding(.date) }

    /// Appends the value in the binary format of its type.
    public func encode(into bytes: inout [UInt8]) throws(EncodingFailure) -> Bool {
        // The server would take these two numbers for -infinity and infinity.
        guard daysSince2000 != .max && daysSince2000 != .min else {
            throw EncodingFailure("the day is outside the range of date")
        }
        bytes.append(bigEndian: daysSince2000)
        return true
    }

    /// Reads a value in the binary format of its type.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> PostgresDate {
        let days: Int32 = try PostgresCell.expect(cell, .date, as: "PostgresDate").integer()
        guard days != .max && days != .min else { throw .infinite }
        return PostgresDate(daysSince2000: days)
    }
}
