public import Foundation

/// A date of the Gregorian calendar, without a time and a time zone. The law counts periods in these.
public struct CivilDate: Sendable, Hashable, Comparable {
    /// The year (1 to 9999), month (1 to 12) and day of the month (1 to 31).
    public let year, month, day: Int

    /// The earliest date: 0001-01-01.
    public static let earliest = CivilDate(valid: 1, 1, 1)

    /// A date from its parts.
    ///
    /// - Returns: `nil` if there is no such date.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...Self.days(inMonth: month, of: year)).contains(day)
        else { return nil }
        self.init(valid: year, month, day)
    }

    /// A date from its ISO 8601 text.
    ///
    /// - Parameter text: The text, for example `2026-04-05`.
    /// - Returns: `nil` if the text has another format, or there is no such date.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], parts.allSatisfy({ $0.allSatisfy { ("0"..."9").contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    private init(valid year: Int, _ month: Int, _ day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The date of an instant in a time zone.
    public init(_ instant: Date, in zone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day], from: instant)
        self.init(valid: parts.year ?? 1, parts.month ?? 1, parts.day ?? 1)
    }

    /// Orders dates by the calendar.
    public static func < (left: CivilDate, right: CivilDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        default: 31
        }
    }
}

// MARK: - Arithmetic

extension CivilDate {
    /// The date some months later: the day with the same number or, if that month has none, its last day.
    ///
    /// This is how Art. 3(2)(c) of Regulation (EEC, Euratom) No 1182/71 ends a period expressed in months.
    public func adding(months: Int) -> CivilDate {
        let total = year * 12 + (month - 1) + months
        let (year, month) = (total / 12, total % 12 + 1)
        return CivilDate(valid: year, month, min(day, Self.days(inMonth: month, of: year)))
    }

    /// The date some days later or, for a negative number, earlier.
    public func adding(days: Int) -> CivilDate {
        CivilDate(number: daysSince1970 + days)
    }

    /// The number of days from another date to this one.
    public func days(since other: CivilDate) -> Int {
        daysSince1970 - other.daysSince1970
    }

    /// The day of the week.
    public var weekday: Weekday {
        // 1970-01-01 was a Thursday.
        let index = (daysSince1970 + 3) % 7
        return Weekday.allCases[index < 0 ? index + 7 : index]
    }

    /// The days of the week, starting on Monday, as in ISO 8601.
    public enum Weekday: String, Sendable, CaseIterable {
        case monday, tuesday, wednesday, thursday, friday, saturday, sunday

        /// The English name: `Monday`.
        public var name: String { rawValue.capitalized }
    }

    /// The number of days since 1970-01-01; negative before it.
    public var daysSince1970: Int {
        // Counted in years that begin in March, so that the leap day is the last day of a year.
        let shifted = month > 2 ? (year: year, month: month - 3) : (year: year - 1, month: month + 9)
        let leapDays = shifted.year / 4 - shifted.year / 100 + shifted.year / 400
        return 365 * shifted.year + leapDays + (153 * shifted.month + 2) / 5 + day - 1 - 719_468
    }

    /// The day with this number of days since 1970-01-01.
    ///
    /// - Returns: `nil` before the year 1 and after 9999.
    public init?(daysSince1970 days: Int) {
        guard (Self.earliest.daysSince1970...Self.latest.daysSince1970).contains(days) else { return nil }
        self.init(number: days)
    }

    private static let latest = CivilDate(valid: 9999, 12, 31)

    private init(number: Int) {
        let days = number + 719_468
        // 146,097 days are 400 years.
        let era = days / 146_097
        let ofEra = days % 146_097
        let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * ofYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        self.init(
            valid: era * 400 + yearOfEra + (month <= 2 ? 1 : 0),
            month,
            ofYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }
}

// MARK: - Text

extension CivilDate: CustomStringConvertible, Codable {
    /// The ISO 8601 text, for example `2026-04-05`.
    public var description: String {
        String(format: "%04d-%02d-%02d", year, month, day)
    }

    /// Reads the ISO 8601 text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let date = CivilDate(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "expected a date, for example 2026-04-05"
            )
        }
        self = date
    }

    /// Writes the ISO 8601 text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
