public import Foundation

/// A month of the Gregorian calendar, without a time zone.
public struct CivilMonth: Sendable, Hashable, CustomStringConvertible {
    /// Its first day.
    public let firstDay: CivilDate

    /// A month from its ISO 8601 text.
    ///
    /// - Parameter text: The text, for example `2026-11`.
    /// - Returns: `nil` if the text has another format, or there is no such month.
    public init?(_ text: some StringProtocol) {
        guard let day = CivilDate("\(text)-01"), day.year < 9999 else { return nil }
        firstDay = day
    }

    /// The month of a date.
    public init(of date: CivilDate) {
        firstDay = date.adding(days: 1 - date.day)
    }

    /// The first day after it.
    public var nextFirstDay: CivilDate { firstDay.adding(months: 1) }

    /// The instants from its beginning to its end in a time zone, the end excluded.
    public func range(in zone: TimeZone) -> Range<Date> {
        Self.start(of: firstDay, in: zone)..<Self.start(of: nextFirstDay, in: zone)
    }

    // The first instant of a day, which is not midnight where the clock is put forward at midnight.
    private static func start(of day: CivilDate, in zone: TimeZone) -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let noon = DateComponents(year: day.year, month: day.month, day: day.day, hour: 12)
        // The calendar knows every day of the years 1 to 9999.
        return calendar.startOfDay(for: calendar.date(from: noon) ?? .distantPast)
    }

    /// The ISO 8601 text, for example `2026-11`.
    public var description: String { String(firstDay.description.dropLast(3)) }
}
