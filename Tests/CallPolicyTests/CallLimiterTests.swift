import CallPolicy
import Testing

@Suite("Call limiter")
struct CallLimiterTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    /// Asks, and expects a permit.
    private func permit(_ limiter: inout CallLimiter, at seconds: Double) throws -> CallLimiter.Permit {
        guard case .go(let permit) = limiter.ask(at: at(seconds)) else { throw NoPermit() }
        return permit
    }

    private struct NoPermit: Error {}

    @Test("no more calls are in flight than the limit, and each end admits another one")
    func inFlight() throws {
        var limiter = CallLimiter(.init(inFlight: 2))
        let first = try permit(&limiter, at: 0)
        _ = try permit(&limiter, at: 0)
        #expect(limiter.ask(at: at(0)) == .wait(until: nil))
        limiter.finished(first, .answered, at: at(1), jitter: 1)
        _ = try permit(&limiter, at: 1)
        #expect(limiter.ask(at: at(1)) == .wait(until: nil))
    }

    @Test("calls are spaced evenly at the configured rate, and a pause saves up nothing")
    func maximumRate() throws {
        var limiter = CallLimiter(.init(inFlight: 100, callsPerSecond: 4))
        _ = try permit(&limiter, at: 0)
        #expect(limiter.ask(at: at(0)) == .wait(until: at(0.25)))
        _ = try permit(&limiter, at: 0.25)
        _ = try permit(&limiter, at: 10)
        #expect(limiter.ask(at: at(10)) == .wait(until: at(10.25)))
    }

    @Test(
        "Retry-After pauses all calls, within bounds; values of zero or less pause none",
        arguments: [
            (CallLimiter.Feedback.throttled(retryAfter: .seconds(7)), 7.0), (.unavailable(retryAfter: .seconds(7)), 7),
            (.throttled(retryAfter: .seconds(999_999)), 60), (.throttled(retryAfter: .seconds(-5)), 0),
            (.throttled(retryAfter: .zero), 0), (.throttled(retryAfter: nil), 0), (.unanswered, 0), (.answered, 0),
        ]
    )
    func retryAfter(feedback: CallLimiter.Feedback, seconds: Double) throws {
        var limiter = CallLimiter(.init(inFlight: 100))
        // At a pace at which the cut of the adaptive rate does not matter.
        for number in 0..<2_000 {
            limiter.finished(try permit(&limiter, at: Double(number) / 1_000), .answered, at: at(2), jitter: 1)
        }
        limiter.finished(try permit(&limiter, at: 2), feedback, at: at(2), jitter: 1)
        guard seconds > 0 else {
            _ = try permit(&limiter, at: 2.01)
            return
        }
        #expect(limiter.ask(at: at(2.01)) == .wait(until: at(2 + seconds)))
        _ = try permit(&limiter, at: 2 + seconds)
    }

    @Test("the longer of two pauses counts")
    func longerPause() throws {
        var limiter = CallLimiter(.init(inFlight: 2))
        let (first, second) = (try permit(&limiter, at: 0), try permit(&limiter, at: 0))
        limiter.finished(first, .throttled(retryAfter: .seconds(20)), at: at(0), jitter: 1)
        limiter.finished(second, .throttled(retryAfter: .seconds(5)), at: at(0), jitter: 1)
        #expect(limiter.ask(at: at(1)) == .wait(until: at(20)))
    }

    @Test("429 slows all calls down and is not an outage")
    func throttling() throws {
        var limiter = CallLimiter(.init(inFlight: 100))
        for _ in 0..<40 {
            let next = CallLimiterTests.anyPermit(&limiter, from: start)
            limiter.finished(next.permit, .throttled(retryAfter: nil), at: next.instant, jitter: 1)
        }
        #expect(!limiter.isInterrupted && !limiter.isClosed)
        _ = CallLimiterTests.anyPermit(&limiter, from: start)
        guard case .wait(let until?) = limiter.ask(at: at(0.001)) else {
            Issue.record("calls are spaced out")
            return
        }
        #expect(until > at(1))
    }

    @Test("throttling that no answer of the operation ends closes the limiter after the patience, and not before")
    func endlessThrottling() {
        var limiter = CallLimiter(.init(inFlight: 100, outagePatience: .seconds(60)))
        var now = start
        var calls = 0
        loop: while calls < 1_000 {
            switch limiter.ask(at: now) {
            case .go(let permit):
                calls += 1
                // That reads are answered says nothing about deletions.
                let (operation, feedback): (String, CallLimiter.Feedback) =
                    calls.isMultiple(of: 2) ? ("delete", .throttled(retryAfter: .zero)) : ("read", .answered)
                limiter.finished(permit, feedback, of: operation, at: now, jitter: 1)
            case .wait(let until): now = until ?? now
            case .closed: break loop
            }
        }
        #expect(limiter.isClosed)
        #expect(now - start >= .seconds(60) && now - start < .seconds(90))
        #expect(calls < 80, "the pauses grow")
    }

    @Test("a burst of throttled calls closes nothing, not even without patience, and an answer ends it")
    func burst() throws {
        var limiter = CallLimiter(.init(inFlight: 100, outagePatience: .zero))
        let permits = try (0..<50).map { _ in try permit(&limiter, at: 0) }
        for permit in permits {
            limiter.finished(permit, .throttled(retryAfter: nil), of: "read", at: at(0.01), jitter: 1)
        }
        #expect(limiter.isThrottled && !limiter.isClosed)
        let next = Self.anyPermit(&limiter, from: at(0.01))
        limiter.finished(next.permit, .answered, of: "read", at: next.instant, jitter: 1)
        #expect(!limiter.isThrottled && !limiter.isClosed)
    }

    /// Asks until there is a permit, and moves the time on instead of waiting.
    private static func anyPermit(
        _ limiter: inout CallLimiter,
        from start: ContinuousClock.Instant
    ) -> (permit: CallLimiter.Permit, instant: ContinuousClock.Instant) {
        var now = start
        while true {
            switch limiter.ask(at: now) {
            case .go(let permit): return (permit, now)
            case .wait(let until): now = until ?? now
            case .closed: preconditionFailure("the limiter is closed")
            }
        }
    }

    @Test("during an outage one call is sent at a time, and all calls once that one is answered")
    func outage() throws {
        var limiter = CallLimiter(.init(inFlight: 100))
        for _ in 0..<10 { limiter.finished(try permit(&limiter, at: 0), .unanswered, at: at(0), jitter: 1) }
        #expect(limiter.isInterrupted && !limiter.isClosed)
        #expect(limiter.ask(at: at(0.5)) == .wait(until: at(1)))
        let probe = try permit(&limiter, at: 1)
        #expect(limiter.ask(at: at(1)) == .wait(until: nil))
        limiter.finished(probe, .cancelled, at: at(1), jitter: 1)
        let next = try permit(&limiter, at: 1)
        limiter.finished(next, .answered, at: at(2), jitter: 1)
        #expect(!limiter.isInterrupted)
        for _ in 0..<50 { _ = try permit(&limiter, at: 2) }
    }

    @Test("an outage longer than the patience closes the limiter for good; without patience at once")
    func patience() throws {
        var limiter = CallLimiter(.init(inFlight: 100, outagePatience: .seconds(10)))
        for _ in 0..<10 { limiter.finished(try permit(&limiter, at: 0), .unanswered, at: at(0), jitter: 1) }
        let probe = try permit(&limiter, at: 9)
        #expect(!limiter.isClosed)
        limiter.finished(probe, .unanswered, at: at(10), jitter: 1)
        #expect(limiter.isClosed)
        #expect(limiter.ask(at: at(100)) == .closed)

        var hasty = CallLimiter(.init(inFlight: 100, outagePatience: .zero))
        for _ in 0..<10 { hasty.finished(try permit(&hasty, at: 0), .unanswered, at: at(0), jitter: 1) }
        #expect(hasty.isClosed)
    }

    @Test(
        "what a failure says about all other calls",
        arguments: [
            (.status(429, retryAfter: .seconds(1)), .throttled(retryAfter: .seconds(1))),
            (.status(503, retryAfter: nil), .unavailable(retryAfter: nil)),
            (.status(500, retryAfter: nil), .unanswered),
            (.timedOut, .unanswered), (.noConnection, .unanswered), (.status(404, retryAfter: nil), .answered),
            (.status(401, retryAfter: nil), .answered), (.status(409, retryAfter: nil), .answered),
            (.unreadable, .answered),
            (.tooLarge, .answered), (.cancelled, .cancelled), (.impossible, .cancelled),
        ] as [(APIFailure, CallLimiter.Feedback)]
    )
    func feedback(failure: APIFailure, feedback: CallLimiter.Feedback) {
        #expect(CallLimiter.Feedback(failure) == feedback)
    }
}
