public import Foundation

/// Postgres counts from 2000-01-01, Foundation from 2001-01-01, both in UTC: 366 days apart.
private let secondsBetweenEpochs = 366.0 * 86_400

extension Date: PostgresEncodable, PostgresDecodable {
    /// How values of this type are sent.
    public static var postgresEncoding: PostgresEncoding { PostgresEncoding(.timestamptz) }

    /// Rounds to the microsecond. A `Date` is a `Double` of seconds: within 68 years of 2001 every microsecond survives
    /// the way there and back.
    public func encode(into bytes: inout [UInt8]) throws(EncodingFailure) -> Bool {
        let seconds = timeIntervalSinceReferenceDate + secondsBetweenEpochs
        // Whole seconds apart from their fraction, or a date far away would lose microseconds to the multiplication.
        guard let whole = Int64(exactly: seconds.rounded(.down)), abs(whole) < 9_000_000_000_000 else {
            throw EncodingFailure("it is a point in time that Postgres cannot store")
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

/// A day of the Gregorian calendar, in no time zone: what Postgres calls `date`.
public struct PostgresDate: Sendable, Hashable {
    /// Year 1 is AD 1, year 0 is 1 BC.
    public var year: Int
    /// 1 to 12.
    public var month: Int
    /// 1 to 31.
    public var day: Int

    /// Takes any numbers; a day that does not exist is refused when it is sent.
    public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }
}

extension PostgresDate: Comparable, CustomStringConvertible {
    /// In the order of time.
    public static func < (left: PostgresDate, right: PostgresDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    /// ISO 8601, for example `2026-03-31`.
    public var description: String {
        String(format: "%04d-%02d-%02d", year, month, day)
    }
}

extension PostgresDate: PostgresEncodable, PostgresDecodable {
    /// How values of this type are sent.
    public static var postgresEncoding: PostgresEncoding { PostgresEncoding(.date) }

    /// Appends the value in the binary format of its type.
    public func encode(into bytes: inout [UInt8]) throws(EncodingFailure) -> Bool {
        guard (1...12).contains(month), (1...31).contains(day), (-4_712...5_874_897).contains(year),
            PostgresDate(days: days) == self
        else {
            throw EncodingFailure("it is a day that does not exist or that Postgres cannot store")
        }
        bytes.append(bigEndian: Int32(days))
        return true
    }

    /// Reads a value in the binary format of its type.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> PostgresDate {
        let days: Int32 = try PostgresCell.expect(cell, .date, as: "PostgresDate").integer()
        guard days != .max && days != .min else { throw .infinite }
        return PostgresDate(days: Int(days))
    }

    // The arithmetic of https://howardhinnant.github.io/date_algorithms.html: years begin in March, eras have 400 of
    // them. Foundation's calendars turn Julian in 1582 and need a time zone for what has none.

    /// The number of days from 0000-03-01 to 2000-01-01.
    private static let epoch = 730_425

    /// Days since 2000-01-01.
    private var days: Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - Self.epoch
    }

    /// - Parameter days: since 2000-01-01.
    private init(days: Int) {
        let days = days + Self.epoch
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        self.init(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
            month: month,
            day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }
}
