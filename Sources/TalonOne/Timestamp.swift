public import Foundation

/// A moment as the API wrote it.
///
/// The text is kept because it can say more than a `Date` holds (nanoseconds), and because the API's own examples
/// contain malformed ones, which are no reason to lose the rest of an answer.
public struct Timestamp: Sendable, Hashable, Codable, RawRepresentable, CustomStringConvertible {
    /// The text of the answer.
    public let rawValue: String

    /// Takes any text.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The moment, if the text is RFC 3339 with at most nine fractional digits.
    public var date: Date? {
        let text = rawValue.uppercased()
        guard let dot = text.firstIndex(of: ".") else { return try? Date(text, strategy: .iso8601) }
        let afterDot = text[text.index(after: dot)...]
        let digits = afterDot.prefix { $0.isASCII && $0.isNumber }
        guard (1...9).contains(digits.count), let fraction = Double("0.\(digits)"),
            let whole = try? Date("\(text[..<dot])\(afterDot.dropFirst(digits.count))", strategy: .iso8601)
        else { return nil }
        return whole.addingTimeInterval(fraction)
    }

    /// The text of the answer.
    public var description: String { rawValue }
}
