import CallPolicy
import Testing

private let jitters = [0, 0.05, 0.1, 0.25, 0.5, 0.999, 1]

@Suite("Quick retries")
struct QuickRetryTests {
    private let policy = RetryPolicy()

    @Test(
        "a call is retried only where a retry may help",
        arguments: [
            (.timedOut, true), (.noConnection, true), (.status(503, retryAfter: nil), true),
            (.status(429, retryAfter: nil), true), (.status(409, retryAfter: nil), true), (.unreadable, true),
            (.status(401, retryAfter: nil), false), (.status(403, retryAfter: nil), false),
            (.status(404, retryAfter: nil), false), (.status(400, retryAfter: nil), false), (.tooLarge, false),
            (.impossible, false), (.cancelled, false),
        ] as [(APIFailure, Bool)]
    )
    func whichFailures(failure: APIFailure, isRetried: Bool) {
        #expect((policy.quickRetry(after: failure, tries: 1, jitter: 0.5) != nil) == isRetried)
    }

    @Test("a call is tried three times within a claim")
    func tries() {
        let answers = (1...5).map { policy.quickRetry(after: .timedOut, tries: $0, jitter: 0.5) != nil }
        #expect(answers == [true, true, false, false, false])
    }

    @Test("waits double from the base, lie between a tenth and the whole, and never exceed the cap")
    func jitter() {
        var policy = RetryPolicy()
        policy.quickTries = 100
        for tries in 1..<100 {
            let whole = min(Duration.milliseconds(200) * (1 << min(tries - 1, 10)), .seconds(10))
            let waits = jitters.compactMap { policy.quickRetry(after: .timedOut, tries: tries, jitter: $0) }
            #expect(waits.count == jitters.count)
            #expect(waits == waits.sorted())
            #expect(waits.allSatisfy { $0 >= whole / 10 && $0 <= whole }, "try \(tries)")
            #expect(waits.last == whole)
        }
    }

    @Test("Retry-After is a lower bound")
    func retryAfter() {
        for jitter in jitters {
            for status in [429, 503] {
                let wait = policy.quickRetry(after: .status(status, retryAfter: .seconds(7)), tries: 1, jitter: jitter)
                #expect(wait == .seconds(7))
            }
        }
        #expect(
            policy.quickRetry(after: .status(429, retryAfter: .zero), tries: 1, jitter: 1) == .milliseconds(200)
        )
        #expect(policy.quickRetry(after: .status(429, retryAfter: .seconds(10)), tries: 1, jitter: 1) == .seconds(10))
    }

    @Test("a Retry-After longer than the cap of quick waits ends the retries of this claim")
    func longRetryAfter() {
        let failure = APIFailure.status(429, retryAfter: .milliseconds(10_001))
        #expect(policy.quickRetry(after: failure, tries: 1, jitter: 0.5) == nil)
    }
}

@Suite("Remedies")
struct RemedyTests {
    private let policy = RetryPolicy()

    @Test(
        "a failure has the remedy of its kind",
        arguments: [
            (.status(401, retryAfter: nil), .stopRun), (.status(403, retryAfter: .seconds(1)), .stopRun),
            (.cancelled, .giveBack), (.status(404, retryAfter: nil), .needsAction),
            (.status(400, retryAfter: nil), .needsAction),
            (.tooLarge, .needsAction), (.impossible, .needsAction), (.status(301, retryAfter: nil), .needsAction),
            (.unreadable, .later(.seconds(60), countsAsFailure: true)),
            (.status(409, retryAfter: nil), .later(.seconds(60), countsAsFailure: true)),
            (.timedOut, .later(.seconds(60), countsAsFailure: false)),
            (.noConnection, .later(.seconds(60), countsAsFailure: false)),
            (.status(500, retryAfter: nil), .later(.seconds(60), countsAsFailure: false)),
        ] as [(APIFailure, RetryPolicy.Remedy)]
    )
    func kinds(failure: APIFailure, remedy: RetryPolicy.Remedy) {
        #expect(policy.remedy(for: failure, failures: 0, jitter: 1) == remedy)
    }

    @Test("an outage never counts as a failure and never needs action")
    func outage() {
        let outages: [APIFailure] = [
            .timedOut, .noConnection, .status(429, retryAfter: nil), .status(503, retryAfter: .seconds(1)),
        ]
        for failure in outages {
            for failures in [0, 3, 4, 5, 100] {
                guard
                    case .later(let wait, countsAsFailure: false) = policy.remedy(
                        for: failure,
                        failures: failures,
                        jitter: 0.5
                    )
                else {
                    Issue.record("\(failure) with \(failures) failures does not go back to the queue uncounted")
                    continue
                }
                #expect(wait > .zero && wait <= policy.queue.cap)
            }
        }
    }

    @Test("trouble counts as a failure, and needs action when the budget is spent")
    func budget() {
        let remedies = (0...5).map { policy.remedy(for: .unreadable, failures: $0, jitter: 1) }
        #expect(
            remedies == [
                .later(.seconds(60), countsAsFailure: true), .later(.seconds(120), countsAsFailure: true),
                .later(.seconds(240), countsAsFailure: true), .later(.seconds(480), countsAsFailure: true),
                .needsAction, .needsAction,
            ]
        )
    }

    @Test("waits in the queue lie between a tenth and the whole, and never exceed the cap")
    func jitter() {
        var policy = RetryPolicy()
        policy.failureBudget = .max
        for failures in 0..<100 {
            let whole = min(Duration.seconds(60) * (1 << min(failures, 10)), .seconds(3_600))
            for jitter in jitters {
                guard
                    case .later(let wait, countsAsFailure: true) = policy.remedy(
                        for: .unreadable,
                        failures: failures,
                        jitter: jitter
                    )
                else {
                    Issue.record("trouble within the budget does not go back to the queue")
                    continue
                }
                #expect(wait >= whole / 10 && wait <= whole)
            }
        }
    }

    @Test("each claim that an outage ended makes the next wait longer, although it counts as no failure")
    func claims() {
        let waits = [1, 2, 3, 7, 50].map { policy.remedy(for: .timedOut, failures: 0, claims: $0, jitter: 1) }
        #expect(
            waits == [60, 120, 240, 3_600, 3_600].map { .later(.seconds($0), countsAsFailure: false) }
        )
    }

    @Test(
        "Retry-After of an outage is honoured between the base wait and the cap",
        arguments: [
            (-5, 60), (0, 60), (1, 60), (30, 60), (90, 90), (3_600, 3_600), (3_601, 3_600), (1_000_000, 3_600),
        ]
    )
    func retryAfter(asked: Int, wait: Int) {
        for jitter in jitters {
            #expect(
                policy.remedy(for: .status(503, retryAfter: .seconds(asked)), failures: 2, jitter: jitter)
                    == .later(.seconds(wait), countsAsFailure: false)
            )
        }
    }
}
