/// Notices that the API as a whole is out, and then lets one call at a time find out whether it is back.
///
/// A state machine: it is told how calls ended, and asked whether one may be made.
public struct CircuitBreaker: Sendable {
    /// The states.
    private enum State {
        /// Calls go. Of the last ones, which failed.
        case closed(Window)
        /// No call goes before an instant; then one does.
        case open(until: ContinuousClock.Instant, step: Int, since: ContinuousClock.Instant)
        /// One call is under way to find out.
        case probing(step: Int, since: ContinuousClock.Instant)
    }

    /// What a call may do.
    public enum Answer: Sendable, Hashable {
        /// Go, as one of many.
        case go
        /// Go alone, and tell how it ended.
        case probe
        /// Wait until then.
        case wait(until: ContinuousClock.Instant)
        /// Wait for the probe under way.
        case waitForProbe
    }

    /// Waits between probes.
    public static let waits = Backoff(base: .seconds(1), cap: .seconds(30))

    private var state = State.closed(Window())

    /// Closed: calls go.
    public init() {}

    /// Since when no call has got through; `nil` while calls go.
    public var outSince: ContinuousClock.Instant? {
        switch state {
        case .closed: nil
        case .open(_, _, let since), .probing(_, let since): since
        }
    }

    /// Whether a call may be made. After ``Answer/probe`` the outcome of that call must be told.
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

    /// Notices that a call got an answer.
    public mutating func answered(asProbe isProbe: Bool) {
        switch state {
        case .closed(var window):
            window.add(isFailure: false)
            state = .closed(window)
        case .probing where isProbe:
            state = .closed(Window())
        case .open, .probing:
            // A straggler from before; only a probe decides.
            break
        }
    }

    /// Notices that a call got none.
    ///
    /// - Parameter draw: A random number from 0 to 1.
    public mutating func unanswered(asProbe isProbe: Bool, at now: ContinuousClock.Instant, draw: Double) {
        switch state {
        case .closed(var window):
            window.add(isFailure: true)
            state =
                window.isMostlyFailures
                ? .open(until: now + Self.waits.wait(step: 1, draw: draw), step: 1, since: now) : .closed(window)
        case .probing(let step, let since) where isProbe:
            state = .open(until: now + Self.waits.wait(step: step + 1, draw: draw), step: step + 1, since: since)
        case .open, .probing:
            break
        }
    }

    /// Notices that a probe was given up before it found out: the next call may find out.
    public mutating func gaveUp(asProbe isProbe: Bool, at now: ContinuousClock.Instant) {
        guard isProbe, case .probing(let step, let since) = state else { return }
        state = .open(until: now, step: step, since: since)
    }

    /// The last ends of calls.
    private struct Window {
        private var failures: [Bool] = []

        private static let size = 20
        private static let needed = 10

        mutating func add(isFailure: Bool) {
            failures.append(isFailure)
            if failures.count > Self.size { failures.removeFirst() }
        }

        /// Ten failures, and at least half of what there is.
        var isMostlyFailures: Bool {
            let failed = failures.count { $0 }
            return failed >= Self.needed && failed * 2 >= failures.count
        }
    }
}
