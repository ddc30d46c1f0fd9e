/// Tells when the API as a whole is out, from the calls of all requests together.
///
/// A value: tell it how each request's last call ended, and ask ``isOut``.
public struct OutageDetector: Sendable {
    /// Requests that must fail in a row, with no answer in between.
    public let threshold: Int
    private var inARow = 0

    /// - Parameter threshold: How many requests in a row must meet an outage.
    public init(threshold: Int = 10) {
        self.threshold = threshold
    }

    /// Whether to stop asking.
    public var isOut: Bool { inARow >= threshold }

    /// Counts a request that got an answer, whichever.
    public mutating func answered() {
        inARow = 0
    }

    /// Counts a request that met an outage.
    public mutating func unanswered() {
        inARow += 1
    }
}
