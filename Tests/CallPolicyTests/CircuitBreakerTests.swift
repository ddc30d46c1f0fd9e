import CallPolicy
import Testing

@Suite("Circuit breaker")
struct CircuitBreakerTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    /// A breaker after some calls: `+` answered, `-` unanswered.
    private func breaker(after ends: String) -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for end in ends {
            if end == "+" {
                breaker.answered(asProbe: false)
            } else {
                breaker.unanswered(asProbe: false, at: start, jitter: 1)
            }
        }
        return breaker
    }

    @Test(
        "it opens after ten failures that are at least half of the last twenty calls",
        arguments: [
            ("---------", false), ("----------", true), ("-+-+-+-+-+-+-+-+-+-", true),
            ("+++++++++++---------", false), ("++++++++++----------", true),
            ("-+++-+++-+++-+++-+++-+++-+++-+++-+++-+++", false),
            // Only the last twenty calls count.
            ("---------++++++++++++++++++++---------", false), ("", false),
        ]
    )
    func opens(ends: String, isOpen: Bool) {
        #expect((breaker(after: ends).outSince != nil) == isOpen)
    }

    @Test("while it is open one probe at a time is sent, at growing intervals, and an answer closes it")
    func probes() {
        var breaker = breaker(after: "----------")
        #expect(breaker.ask(at: at(0.9)) == .wait(until: at(1)))
        #expect(breaker.ask(at: at(1)) == .probe)
        #expect(breaker.ask(at: at(1)) == .waitForProbe)
        breaker.unanswered(asProbe: true, at: at(2), jitter: 1)
        #expect(breaker.ask(at: at(2)) == .wait(until: at(4)))
        #expect(breaker.ask(at: at(4)) == .probe)
        breaker.unanswered(asProbe: true, at: at(5), jitter: 1)
        #expect(breaker.ask(at: at(5)) == .wait(until: at(9)))
        #expect(breaker.outSince == start)
        #expect(breaker.ask(at: at(9)) == .probe)
        breaker.answered(asProbe: true)
        #expect(breaker.outSince == nil)
        #expect(breaker.ask(at: at(9)) == .go)
        // Earlier failures no longer count.
        breaker.unanswered(asProbe: false, at: at(10), jitter: 1)
        #expect(breaker.ask(at: at(10)) == .go)
    }

    @Test("late results from before the outage neither close it nor count")
    func lateResults() {
        var breaker = breaker(after: "----------")
        breaker.answered(asProbe: false)
        breaker.unanswered(asProbe: false, at: at(0.5), jitter: 1)
        #expect(breaker.ask(at: at(0.5)) == .wait(until: at(1)))
        #expect(breaker.ask(at: at(1)) == .probe)
        breaker.answered(asProbe: false)
        breaker.unanswered(asProbe: false, at: at(1), jitter: 1)
        #expect(breaker.ask(at: at(1)) == .waitForProbe)
    }

    @Test("after a cancelled probe the next call is the probe, at once")
    func cancelledProbe() {
        var breaker = breaker(after: "----------")
        _ = breaker.ask(at: at(1))
        breaker.gaveUp(asProbe: false, at: at(1))
        #expect(breaker.ask(at: at(1)) == .waitForProbe)
        breaker.gaveUp(asProbe: true, at: at(1))
        #expect(breaker.ask(at: at(1)) == .probe)
    }

    @Test("intervals never exceed their cap")
    func cap() {
        var breaker = breaker(after: "----------")
        var now = at(1)
        for _ in 1...40 {
            #expect(breaker.ask(at: now) == .probe)
            breaker.unanswered(asProbe: true, at: now, jitter: 1)
            guard case .wait(let until) = breaker.ask(at: now) else {
                Issue.record("a failed probe opens it again")
                return
            }
            #expect(until - now <= .seconds(30))
            now = until
        }
    }
}
