import ArgumentParser
import Foundation

/// A time of day, such as `06:00`.
struct TimeOfDay: ExpressibleByArgument {
    let hour: Int, minute: Int

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [2, 2], let hour = Int(parts[0]), let minute = Int(parts[1]),
            (0...23).contains(hour), (0...59).contains(minute)
        else { return nil }
        self.hour = hour
        self.minute = minute
    }

    /// The next instant at which a clock in the time zone shows this time. Where a clock change skips it, the first instant
    /// after it.
    func next(after instant: Date, in zone: TimeZone) -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let time = DateComponents(hour: hour, minute: minute, second: 0)
        return calendar.nextDate(after: instant, matching: time, matchingPolicy: .nextTime) ?? instant
    }
}
