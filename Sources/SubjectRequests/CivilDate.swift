public import Foundation

/// A day of the Gregorian calendar, without a time and without a zone: what the law counts in.
public struct CivilDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The year, month (1 to 12) and day of the month (1 to 31).
    public let year, month, day: Int

    /// - Returns: `nil` where there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...Self.days(inMonth: month, of: year)).contains(day)
        else { return nil }
        self.init(valid: year, month, day)
    }

    private init(valid year: Int, _ month: Int, _ day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day on which an instant falls in a time zone.
    public init(_ instant: Date, in zone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day], from: instant)
        self.init(valid: parts.year ?? 1, parts.month ?? 1, parts.day ?? 1)
    }

    /// The day with the same number so many months later or, where that month has no such day, its last.
    ///
    /// This is how Art. 3(2)(c) of Regulation (EEC, Euratom) No 1182/71 ends a period expressed in months.
    public func adding(months: Int) -> CivilDate {
        let total = year * 12 + (month - 1) + months
        let (year, month) = (total / 12, total % 12 + 1)
        return CivilDate(valid: year, month, min(day, Self.days(inMonth: month, of: year)))
    }

    /// The order of the calendar.
    public static func < (left: CivilDate, right: CivilDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    /// ISO 8601, as in `2026-04-05`.
    public var description: String {
        String(format: "%04d-%02d-%02d", year, month, day)
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        default: 31
        }
    }
}
