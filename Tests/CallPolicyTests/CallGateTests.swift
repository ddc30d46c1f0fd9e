import CallPolicy
import Testing

@Suite("The gate of all calls")
struct CallGateTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    /// Asks, and expects to be let through.
    private func pass(_ gate: inout CallGate, at seconds: Double) throws -> CallGate.Pass {
        guard case .go(let pass) = gate.ask(at: at(seconds)) else { throw NotLetThrough() }
        return pass
    }

    private struct NotLetThrough: Error {}

    @Test("so many calls are in flight and no more, and each end lets another one in")
    func inFlight() throws {
        var gate = CallGate(.init(inFlight: 2))
        let first = try pass(&gate, at: 0)
        _ = try pass(&gate, at: 0)
        #expect(gate.ask(at: at(0)) == .wait(until: nil))
        gate.ended(first, .answered, at: at(1), draw: 1)
        _ = try pass(&gate, at: 1)
        #expect(gate.ask(at: at(1)) == .wait(until: nil))
    }

    @Test("calls go at most so fast, evenly, and a pause saves up nothing")
    func maximumRate() throws {
        var gate = CallGate(.init(inFlight: 100, callsPerSecond: 4))
        _ = try pass(&gate, at: 0)
        #expect(gate.ask(at: at(0)) == .wait(until: at(0.25)))
        _ = try pass(&gate, at: 0.25)
        _ = try pass(&gate, at: 10)
        #expect(gate.ask(at: at(10)) == .wait(until: at(10.25)))
    }

    @Test(
        "Retry-After holds everybody back, within bounds, and nonsense holds back nobody",
        arguments: [
            (CallEnd.throttled(retryAfter: .seconds(7)), 7.0), (.unavailable(retryAfter: .seconds(7)), 7),
            (.throttled(retryAfter: .seconds(999_999)), 60), (.throttled(retryAfter: .seconds(-5)), 0),
            (.throttled(retryAfter: .zero), 0), (.throttled(retryAfter: nil), 0), (.unanswered, 0), (.answered, 0),
        ]
    )
    func retryAfter(end: CallEnd, seconds: Double) throws {
        var gate = CallGate(.init(inFlight: 100))
        // At a pace at which the rate's own cut is of no account.
        for number in 0..<2_000 {
            gate.ended(try pass(&gate, at: Double(number) / 1_000), .answered, at: at(2), draw: 1)
        }
        gate.ended(try pass(&gate, at: 2), end, at: at(2), draw: 1)
        guard seconds > 0 else {
            _ = try pass(&gate, at: 2.01)
            return
        }
        #expect(gate.ask(at: at(2.01)) == .wait(until: at(2 + seconds)))
        _ = try pass(&gate, at: 2 + seconds)
    }

    @Test("of two pauses the longer one counts")
    func longerPause() throws {
        var gate = CallGate(.init(inFlight: 2))
        let (first, second) = (try pass(&gate, at: 0), try pass(&gate, at: 0))
        gate.ended(first, .throttled(retryAfter: .seconds(20)), at: at(0), draw: 1)
        gate.ended(second, .throttled(retryAfter: .seconds(5)), at: at(0), draw: 1)
        #expect(gate.ask(at: at(1)) == .wait(until: at(20)))
    }

    @Test("429 slows everybody down and is no outage")
    func throttling() throws {
        var gate = CallGate(.init(inFlight: 100))
        for _ in 0..<40 {
            let pass = CallGateTests.anyPass(&gate, from: start)
            gate.ended(pass.pass, .throttled(retryAfter: nil), at: pass.instant, draw: 1)
        }
        #expect(!gate.isInterrupted && !gate.isClosed)
        _ = CallGateTests.anyPass(&gate, from: start)
        guard case .wait(let until?) = gate.ask(at: at(0.001)) else {
            Issue.record("calls are spaced out")
            return
        }
        #expect(until > at(1))
    }

    /// Waits, as it were, until a call is let through.
    private static func anyPass(
        _ gate: inout CallGate,
        from start: ContinuousClock.Instant
    ) -> (pass: CallGate.Pass, instant: ContinuousClock.Instant) {
        var now = start
        while true {
            switch gate.ask(at: now) {
            case .go(let pass): return (pass, now)
            case .wait(let until): now = until ?? now
            case .closed: preconditionFailure("the gate is closed")
            }
        }
    }

    @Test("an outage lets one call through at a time, and everybody again when that one is answered")
    func outage() throws {
        var gate = CallGate(.init(inFlight: 100))
        for _ in 0..<10 { gate.ended(try pass(&gate, at: 0), .unanswered, at: at(0), draw: 1) }
        #expect(gate.isInterrupted && !gate.isClosed)
        #expect(gate.ask(at: at(0.5)) == .wait(until: at(1)))
        let probe = try pass(&gate, at: 1)
        #expect(gate.ask(at: at(1)) == .wait(until: nil))
        gate.ended(probe, .cancelled, at: at(1), draw: 1)
        let next = try pass(&gate, at: 1)
        gate.ended(next, .answered, at: at(2), draw: 1)
        #expect(!gate.isInterrupted)
        for _ in 0..<50 { _ = try pass(&gate, at: 2) }
    }

    @Test("an outage that outlasts all patience closes the gate for good; without patience at once")
    func patience() throws {
        var gate = CallGate(.init(inFlight: 100, outagePatience: .seconds(10)))
        for _ in 0..<10 { gate.ended(try pass(&gate, at: 0), .unanswered, at: at(0), draw: 1) }
        let probe = try pass(&gate, at: 9)
        #expect(!gate.isClosed)
        gate.ended(probe, .unanswered, at: at(10), draw: 1)
        #expect(gate.isClosed)
        #expect(gate.ask(at: at(100)) == .closed)

        var hasty = CallGate(.init(inFlight: 100, outagePatience: .zero))
        for _ in 0..<10 { hasty.ended(try pass(&hasty, at: 0), .unanswered, at: at(0), draw: 1) }
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
        ] as [(CallFailure, CallEnd)]
    )
    func ends(failure: CallFailure, end: CallEnd) {
        #expect(CallEnd(failure) == end)
    }
}
