/// The limiter that all API calls of a run share: calls in flight, calls per second, pauses that the API asks for, and
/// outages of the API.
///
/// A state machine: it is told what happens and when, and decides what may happen. Its owner wakes the callers that wait.
public struct CallLimiter: Sendable {
    /// The limits.
    public struct Limits: Sendable, Hashable {
        /// The maximum number of calls in flight.
        public var inFlight: Int
        /// The maximum number of calls per second; `nil` for no such limit.
        public var callsPerSecond: Double?
        /// The longest pause that a `Retry-After` can cause.
        public var longestPause: Duration
        /// How long an outage of the API, or throttling without any answer, may last before the limiter closes.
        public var outagePatience: Duration

        /// Limits, with defaults for all but the calls in flight.
        public init(
            inFlight: Int,
            callsPerSecond: Double? = nil,
            longestPause: Duration = .seconds(60),
            outagePatience: Duration = .seconds(300)
        ) {
            self.inFlight = inFlight
            self.callsPerSecond = callsPerSecond
            self.longestPause = longestPause
            self.outagePatience = outagePatience
        }
    }

    /// The answer to a caller.
    public enum Answer: Sendable, Hashable {
        /// The call may be sent now; its end must be reported with the permit.
        case go(Permit)
        /// Ask again at that instant or, where there is none, after another call has ended.
        case wait(until: ContinuousClock.Instant?)
        /// The outage has lasted too long; no more calls are sent.
        case closed
    }

    /// The permission to send one call.
    public struct Permit: Sendable, Hashable {
        let isProbe: Bool
    }

    /// Whether the limiter is closed for good, because an outage, or throttling without any answer, lasted too long.
    public private(set) var isClosed = false
    /// Whether calls wait because of an outage.
    public var isInterrupted: Bool { breaker.outSince != nil }
    /// Whether the API throttles all calls of an operation, for longer than a burst.
    public var isThrottled: Bool { throttling.values.contains(where: \.isLasting) }

    private let limits: Limits
    private var breaker = CircuitBreaker()
    private var rate = AdaptiveRate()
    private var inFlight = 0
    private var nextCall: ContinuousClock.Instant?
    private var pausedUntil: ContinuousClock.Instant?
    /// By operation, since an API may limit each one separately: that reads are answered says nothing about deletions.
    private var throttling: [String: Throttling] = [:]

    /// A limiter with no calls in flight.
    public init(_ limits: Limits) {
        self.limits = limits
    }

    /// Decides whether a call may be sent now.
    public mutating func ask(at now: ContinuousClock.Instant) -> Answer {
        closeAfterLongOutage(at: now)
        guard !isClosed else { return .closed }
        guard inFlight < limits.inFlight else { return .wait(until: nil) }
        let earliest = [pausedUntil, nextCall].compactMap { $0 }.max()
        if let earliest, earliest > now { return .wait(until: earliest) }
        switch breaker.ask(at: now) {
        case .go: return permit(at: now, isProbe: false)
        case .probe: return permit(at: now, isProbe: true)
        case .wait(let until): return .wait(until: until)
        case .waitForProbe: return .wait(until: nil)
        }
    }

    /// Takes back the permit of a call that ended, and learns from how it ended.
    ///
    /// - Parameters:
    ///   - operation: The operation that was called.
    ///   - jitter: A random number from 0 to 1.
    public mutating func finished(
        _ permit: Permit,
        _ feedback: Feedback,
        of operation: String = "",
        at now: ContinuousClock.Instant,
        jitter: Double
    ) {
        inFlight -= 1
        if feedback != .cancelled { rate.ended(at: now) }
        switch feedback {
        case .answered:
            breaker.answered(asProbe: permit.isProbe)
            throttling[operation] = nil
        case .throttled(let retryAfter):
            breaker.answered(asProbe: permit.isProbe)
            slowDown(retryAfter, at: now)
            if let pause = throttling[operation, default: Throttling(since: now)].throttled(at: now, jitter: jitter) {
                pausedUntil = max(pausedUntil ?? pause, pause)
            }
        case .unavailable(let retryAfter):
            breaker.unanswered(asProbe: permit.isProbe, at: now, jitter: jitter)
            slowDown(retryAfter, at: now)
        case .unanswered:
            breaker.unanswered(asProbe: permit.isProbe, at: now, jitter: jitter)
        case .cancelled:
            breaker.gaveUp(asProbe: permit.isProbe, at: now)
        }
        closeAfterLongOutage(at: now)
    }

    private mutating func permit(at now: ContinuousClock.Instant, isProbe: Bool) -> Answer {
        inFlight += 1
        if let perSecond = [limits.callsPerSecond, rate.limit(at: now)].compactMap({ $0 }).min() {
            // Calls are spaced evenly: unused time is not saved up for a burst.
            nextCall = max(nextCall ?? now, now) + .seconds(1 / perSecond)
        } else {
            nextCall = nil
        }
        return .go(Permit(isProbe: isProbe))
    }

    /// Slows all callers down, not only the one that was throttled.
    private mutating func slowDown(_ retryAfter: Duration?, at now: ContinuousClock.Instant) {
        rate.throttled(at: now)
        guard let retryAfter, retryAfter > .zero else { return }
        let until = now + min(retryAfter, limits.longestPause)
        pausedUntil = max(pausedUntil ?? until, until)
    }

    private mutating func closeAfterLongOutage(at now: ContinuousClock.Instant) {
        let isOut = breaker.outSince.map { now - $0 >= limits.outagePatience } ?? false
        if isOut || throttling.values.contains(where: { $0.exceeds(limits.outagePatience, at: now) }) {
            isClosed = true
        }
    }
}
