import Foundation
import SubjectRequests

/// Formats instants for machines and for readers: in UTC where there is a time, in the controller's time zone where there
/// is a day only.
enum Timestamps {
    private static let withMilliseconds = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    private static let withoutFraction = Date.ISO8601FormatStyle()

    /// RFC 3339 in UTC with milliseconds: `2026-03-07T14:05:09.120Z`.
    static func rfc3339(_ instant: Date) -> String {
        instant.formatted(withMilliseconds)
    }

    /// The instant that ``rfc3339(_:)`` has written; nil for any other text.
    static func instant(_ text: String) -> Date? {
        // A little after it: the parsed value can be a little before the millisecond, and would be cut to the one before.
        try? withMilliseconds.parse(text).addingTimeInterval(0.0001)
    }

    /// For a narrow column, to the minute: `2026-03-07 14:05 UTC`.
    static func compact(_ instant: Date) -> String {
        let text = rfc3339(instant)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }

    /// `7 March 2026, 14:05:09 UTC`, to the second; the fraction is cut, not rounded.
    static func readable(_ instant: Date, months: [String]) -> String {
        let whole = Date(timeIntervalSince1970: instant.timeIntervalSince1970.rounded(.down))
        let text = whole.formatted(withoutFraction)
        guard let day = readableDay(text.prefix(10), months: months) else { return text }
        return "\(day), \(text.dropFirst(11).prefix(8)) UTC"
    }

    /// `7 March 2026`, the day in a time zone.
    static func readableDay(_ instant: Date, in zone: TimeZone, months: [String]) -> String {
        let day = CivilDate(instant, in: zone)
        return "\(day.day) \(months[day.month - 1]) \(day.year)"
    }

    /// An RFC 3339 timestamp made readable; nil for any other text. Show the original next to it: it may be finer than a
    /// second, and has the offset that it was recorded with.
    static func readable(timestamp text: String, months: [String]) -> String? {
        // YYYY-MM-DDTHH:MM:SS takes 19 bytes. Most texts are not timestamps: two comparisons tell.
        let bytes = Array(text.utf8.prefix(64))
        guard (20...40).contains(bytes.count), bytes[4] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T"),
            let offset = offset(bytes[19...])
        else { return nil }
        // Foundation's parser rolls 30 February over to March, so only what it writes back unchanged is a date.
        let local = String(decoding: bytes[..<19], as: UTF8.self) + "Z"
        guard let instant = try? withoutFraction.parse(local), instant.formatted(withoutFraction) == local else {
            return nil
        }
        return readable(instant.addingTimeInterval(-offset), months: months)
    }

    // Reads what follows the seconds: an optional fraction of any length, then `Z` or `+HH:MM`. In seconds east of UTC.
    private static func offset(_ tail: ArraySlice<UInt8>) -> TimeInterval? {
        var rest = tail
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard !fraction.isEmpty else { return nil }
            rest = rest.dropFirst(1 + fraction.count)
        }
        if rest.elementsEqual("Z".utf8) { return 0 }
        guard rest.count == 6, let sign = rest.popFirst(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
            return nil
        }
        let parts = rest.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy { (0x30...0x39).contains($0) } }),
            let hours = Int(String(decoding: parts[0], as: UTF8.self)), hours < 24,
            let minutes = Int(String(decoding: parts[1], as: UTF8.self)), minutes < 60
        else { return nil }
        return TimeInterval((hours * 60 + minutes) * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
    }

    private static func readableDay(_ day: Substring, months: [String]) -> String? {
        let parts = day.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, months.indices.contains(parts[1] - 1) else { return nil }
        return "\(parts[2]) \(months[parts[1] - 1]) \(parts[0])"
    }
}
