/// What slowed a run's calls down, as far as the run noticed.
public struct SlowDowns: Sendable, Hashable {
    /// Calls that were repeated at once after a failure, within the same attempt at a request.
    public var repeatedCalls = 0
    /// Calls that Talon.One turned away because it had too many: HTTP 429 and 503.
    public var throttledCalls = 0
    /// Other calls without an answer: no connection, no answer in time, or an error of the server.
    public var unansweredCalls = 0
    /// Times in which no call, or none of one operation, was answered, so that calls waited.
    public var outages = 0
    /// How long these took together, in seconds.
    public var outageSeconds = 0

    /// Nothing slowed it down.
    public init() {}

    /// Whether nothing did.
    public var isEmpty: Bool { self == SlowDowns() }
}
