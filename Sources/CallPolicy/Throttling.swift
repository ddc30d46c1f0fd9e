/// Calls of one operation that the API throttles (429) without answering any in between.
///
/// A state machine. Throttling slows calls down and is no outage, as long as some calls are answered. Without any answer it
/// cannot be told from one.
struct Throttling: Sendable {
    /// When the first of them ended.
    private let since: ContinuousClock.Instant
    private var calls = 0
    private var step = 0
    private var pausedUntil: ContinuousClock.Instant?

    /// As many throttled calls in a row are more than a burst.
    private static let burst = 10
    /// The pauses of all calls after that, longer each time.
    private static let waits = Backoff(base: .seconds(1), cap: .seconds(8))

    init(since: ContinuousClock.Instant) {
        self.since = since
    }

    /// Whether it is more than a burst.
    var isLasting: Bool { calls >= Self.burst }

    /// Another call was throttled.
    ///
    /// - Returns: The instant until which all calls pause. A call that was sent before the last pause makes it no longer.
    mutating func throttled(at now: ContinuousClock.Instant, jitter: Double) -> ContinuousClock.Instant? {
        calls += 1
        guard isLasting, pausedUntil.map({ now >= $0 }) ?? true else { return nil }
        step += 1
        pausedUntil = now + Self.waits.wait(step: step, jitter: jitter)
        return pausedUntil
    }

    /// Whether it has lasted as long as an outage may, and went on after a pause.
    func exceeds(_ patience: Duration, at now: ContinuousClock.Instant) -> Bool {
        step > 1 && now - since >= patience
    }
}
