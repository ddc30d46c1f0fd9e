/// The one gate that all calls of a run go through: how many at once, how fast, how long to hold back, and whether the API
/// is there at all.
///
/// A value: it is told what happens and when, and says what may happen. Whoever executes it wakes the callers that wait.
public struct CallGate: Sendable {
    /// What bounds it.
    public struct Limits: Sendable, Hashable {
        /// Calls in flight, at most.
        public var inFlight: Int
        /// Calls a second, at most; `nil` for no such limit.
        public var callsPerSecond: Double?
        /// The longest that `Retry-After` holds calls back, whatever it says.
        public var longestPause: Duration
        /// How long the API may be out before the run ends.
        public var outagePatience: Duration

        /// Limits with the defaults of all but one.
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

    /// What a caller gets.
    public enum Answer: Sendable, Hashable {
        /// The call may be made now; its end must be told with the pass.
        case go(Pass)
        /// Ask again at that instant, or, where there is none, when a call has ended.
        case wait(until: ContinuousClock.Instant?)
        /// The API has been out for too long; nothing goes any more.
        case closed
    }

    /// The permission for one call.
    public struct Pass: Sendable, Hashable {
        let isProbe: Bool
    }

    /// Whether the API has been out for too long.
    public private(set) var isClosed = false
    /// Whether calls wait because no call gets through at the moment.
    public var isInterrupted: Bool { breaker.outSince != nil }

    private let limits: Limits
    private var breaker = CircuitBreaker()
    private var rate = AdaptiveRate()
    private var inFlight = 0
    private var nextCall: ContinuousClock.Instant?
    private var pausedUntil: ContinuousClock.Instant?

    /// An open gate.
    public init(_ limits: Limits) {
        self.limits = limits
    }

    /// Whether a call may be made now.
    public mutating func ask(at now: ContinuousClock.Instant) -> Answer {
        noticeEndOfPatience(at: now)
        guard !isClosed else { return .closed }
        guard inFlight < limits.inFlight else { return .wait(until: nil) }
        let earliest = [pausedUntil, nextCall].compactMap { $0 }.max()
        if let earliest, earliest > now { return .wait(until: earliest) }
        switch breaker.ask(at: now) {
        case .go: return pass(at: now, isProbe: false)
        case .probe: return pass(at: now, isProbe: true)
        case .wait(let until): return .wait(until: until)
        case .waitForProbe: return .wait(until: nil)
        }
    }

    /// Notices how a call ended.
    ///
    /// - Parameter draw: A random number from 0 to 1.
    public mutating func ended(_ pass: Pass, _ end: CallEnd, at now: ContinuousClock.Instant, draw: Double) {
        inFlight -= 1
        if end != .cancelled { rate.ended(at: now) }
        switch end {
        case .answered:
            breaker.answered(asProbe: pass.isProbe)
        case .throttled(let retryAfter):
            breaker.answered(asProbe: pass.isProbe)
            slowDown(retryAfter, at: now)
        case .unavailable(let retryAfter):
            breaker.unanswered(asProbe: pass.isProbe, at: now, draw: draw)
            slowDown(retryAfter, at: now)
        case .unanswered:
            breaker.unanswered(asProbe: pass.isProbe, at: now, draw: draw)
        case .cancelled:
            breaker.gaveUp(asProbe: pass.isProbe, at: now)
        }
        noticeEndOfPatience(at: now)
    }

    private mutating func pass(at now: ContinuousClock.Instant, isProbe: Bool) -> Answer {
        inFlight += 1
        if let perSecond = [limits.callsPerSecond, rate.limit(at: now)].compactMap({ $0 }).min() {
            // Evenly: what was not used is not saved up for a burst.
            nextCall = max(nextCall ?? now, now) + .seconds(1 / perSecond)
        } else {
            nextCall = nil
        }
        return .go(Pass(isProbe: isProbe))
    }

    /// Holds everybody back, not only the one who was told.
    private mutating func slowDown(_ retryAfter: Duration?, at now: ContinuousClock.Instant) {
        rate.throttled(at: now)
        guard let retryAfter, retryAfter > .zero else { return }
        let until = now + min(retryAfter, limits.longestPause)
        pausedUntil = max(pausedUntil ?? until, until)
    }

    private mutating func noticeEndOfPatience(at now: ContinuousClock.Instant) {
        guard let outSince = breaker.outSince, now - outSince >= limits.outagePatience else { return }
        isClosed = true
    }
}
