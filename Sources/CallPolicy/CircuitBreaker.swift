/// Detects an outage of the API, and then lets one call at a time probe whether the outage is over.
///
/// A state machine: it is told how calls ended, and decides whether a call may be sent.
public struct CircuitBreaker: Sendable {
    private enum State {
        /// Calls are sent; the window holds which of the last ones failed.
        case closed(Window)
        /// No call is sent before an instant; then a probe is.
        case open(until: ContinuousClock.Instant, step: Int, since: ContinuousClock.Instant)
        /// A probe is in flight.
        case probing(step: Int, since: ContinuousClock.Instant)
    }

    /// The answer to a caller.
    public enum Answer: Sendable, Hashable {
        /// Send the call, beside others.
        case go
        /// Send the call as the only one, and report how it ended.
        case probe
        /// Wait until then.
        case wait(until: ContinuousClock.Instant)
        /// Wait for the probe in flight.
        case waitForProbe
    }

    /// Waits between probes.
    public static let waits = Backoff(base: .seconds(1), cap: .seconds(30))

    private var state = State.closed(Window())

    /// A closed breaker: calls are sent.
    public init() {}

    /// The start of the outage; `nil` while there is none.
    public var outSince: ContinuousClock.Instant? {
        switch state {
        case .closed: nil
        case .open(_, _, let since), .probing(_, let since): since
        }
    }

    /// Decides whether a call may be sent. After ``Answer/probe`` the end of that call must be reported.
    public mutating func ask(at now: ContinuousClock.Instant) -> Answer {
        switch state {
        case .closed:
            return .go
        case .probing:
            return .waitForProbe
        case .open(let until, let step, let since):
            guard now >= until else { return .wait(until: until) }
            state = .probing(step: step, since: since)
            return .probe
        }
    }

    /// A call was answered.
    public mutating func answered(asProbe isProbe: Bool) {
        switch state {
        case .closed(var window):
            window.add(isFailure: false)
            state = .closed(window)
        case .probing where isProbe:
            state = .closed(Window())
        case .open, .probing:
            // The call was sent before the outage; only a probe decides.
            break
        }
    }

    /// A call was not answered.
    ///
    /// - Parameter jitter: A random number from 0 to 1.
    public mutating func unanswered(asProbe isProbe: Bool, at now: ContinuousClock.Instant, jitter: Double) {
        switch state {
        case .closed(var window):
            window.add(isFailure: true)
            state =
                window.isMostlyFailures
                ? .open(until: now + Self.waits.wait(step: 1, jitter: jitter), step: 1, since: now) : .closed(window)
        case .probing(let step, let since) where isProbe:
            state = .open(until: now + Self.waits.wait(step: step + 1, jitter: jitter), step: step + 1, since: since)
        case .open, .probing:
            break
        }
    }

    /// A call was cancelled. If it was the probe, the next call becomes the probe.
    public mutating func gaveUp(asProbe isProbe: Bool, at now: ContinuousClock.Instant) {
        guard isProbe, case .probing(let step, let since) = state else { return }
        state = .open(until: now, step: step, since: since)
    }

    /// Which of the last calls failed.
    private struct Window {
        private var failures: [Bool] = []

        private static let size = 20
        private static let needed = 10

        mutating func add(isFailure: Bool) {
            failures.append(isFailure)
            if failures.count > Self.size { failures.removeFirst() }
        }

        /// At least ten failures, and at least half of the calls in the window.
        var isMostlyFailures: Bool {
            let failed = failures.count { $0 }
            return failed >= Self.needed && failed * 2 >= failures.count
        }
    }
}
