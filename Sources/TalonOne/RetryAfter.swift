public import Foundation

/// The value of a `Retry-After` header (RFC 9110, section 10.2.3).
public enum RetryAfter: Sendable, Hashable, CustomStringConvertible {
    /// After this many seconds.
    case seconds(Int)
    /// At this time.
    case date(Date)

    /// Parses either form of the header; `nil` for any other text.
    public init?(_ header: String) {
        let text = header.trimmingCharacters(in: .whitespaces)
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            guard let seconds = Int(text) else { return nil }
            self = .seconds(seconds)
        } else if let date = Self.date(text) {
            self = .date(date)
        } else {
            return nil
        }
    }

    /// The delay or the time in UTC: `in 5 seconds`, `at 2026-01-31T12:00:00Z`. A number of more than a day is not repeated:
    /// a header that says so may hold any digits.
    public var description: String {
        switch self {
        case .seconds(let seconds) where seconds > Self.day: "in more than a day"
        case .seconds(let seconds): "in \(seconds) second\(seconds == 1 ? "" : "s")"
        case .date(let date) where abs(date.timeIntervalSinceNow) > Double(Self.day): "at another day"
        case .date(let date): "at \(date.formatted(.iso8601))"
        }
    }

    /// Whether it asks for no wait.
    var isOver: Bool {
        switch self {
        case .seconds(let seconds): seconds == 0
        case .date(let date): date <= Date()
        }
    }

    private static let day = 86_400

    /// Parses the preferred form of a date and the two obsolete ones, as RFC 9110, section 5.6.7, requires.
    private static func date(_ text: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        let forms = ["EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'", "EEE MMM d HH:mm:ss yyyy"]
        for form in forms {
            formatter.dateFormat = form
            // asctime pads the day with a second space.
            if let date = formatter.date(from: text.replacingOccurrences(of: "  ", with: " ")) { return date }
        }
        return nil
    }
}
