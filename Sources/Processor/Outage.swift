import CallPolicy

/// How long an unavailable database or API is waited for. A state machine: it is told of failures, and decides.
struct Outage {
    private let patience: Duration
    private var since: ContinuousClock.Instant?
    private var failures = 0

    private static let waits = Backoff(base: .milliseconds(200), cap: .seconds(5))

    /// Whether nothing has failed yet, and the first failure will be waited out.
    var isFirst: Bool { since == nil && patience > .zero }

    /// What to say when the wait begins.
    func sentence(_ what: String, _ reason: String) -> String {
        "Waiting up to \(patience.components.seconds) s for \(what), which is unavailable: \(reason)"
    }

    init(patience: Duration) {
        self.patience = patience
    }

    /// A try failed.
    ///
    /// - Parameter jitter: A random number from 0 to 1.
    /// - Returns: How long to wait before the next try; `nil` when patience is at an end.
    mutating func failed(at now: ContinuousClock.Instant, jitter: Double) -> Duration? {
        let since = since ?? now
        self.since = since
        guard now - since < patience else { return nil }
        failures += 1
        return Self.waits.wait(step: failures, jitter: jitter)
    }

    /// A try succeeded.
    mutating func ended() {
        since = nil
        failures = 0
    }
}
