import CallPolicy
import Testing

private let draws = [0, 0.05, 0.1, 0.25, 0.5, 0.999, 1]

@Suite("Quick retries")
struct QuickRetryTests {
    private let policy = RetryPolicy()

    @Test(
        "a call is made again only where asking again may help",
        arguments: [
            (.timedOut, true), (.noConnection, true), (.status(503, retryAfter: nil), true),
            (.status(429, retryAfter: nil), true), (.status(409, retryAfter: nil), true), (.unreadable, true),
            (.status(401, retryAfter: nil), false), (.status(403, retryAfter: nil), false),
            (.status(404, retryAfter: nil), false), (.status(400, retryAfter: nil), false), (.tooLarge, false),
            (.impossible, false), (.cancelled, false),
        ] as [(CallFailure, Bool)]
    )
    func whichFailures(failure: CallFailure, isRetried: Bool) {
        #expect((policy.quickRetry(after: failure, tries: 1, draw: 0.5) != nil) == isRetried)
    }

    @Test("a call is made three times within a claim, then given up for now")
    func tries() {
        let answers = (1...5).map { policy.quickRetry(after: .timedOut, tries: $0, draw: 0.5) != nil }
        #expect(answers == [true, true, false, false, false])
    }

    @Test("waits double from the base, are drawn from a tenth to the whole of it, and never pass the cap")
    func jitter() {
        var policy = RetryPolicy()
        policy.quickTries = 100
        for tries in 1..<100 {
            let whole = min(Duration.milliseconds(200) * (1 << min(tries - 1, 10)), .seconds(10))
            let waits = draws.compactMap { policy.quickRetry(after: .timedOut, tries: tries, draw: $0) }
            #expect(waits.count == draws.count)
            #expect(waits == waits.sorted())
            #expect(waits.allSatisfy { $0 >= whole / 10 && $0 <= whole }, "try \(tries)")
            #expect(waits.last == whole)
        }
    }

    @Test("Retry-After is a lower bound")
    func retryAfter() {
        for draw in draws {
            for status in [429, 503] {
                let wait = policy.quickRetry(after: .status(status, retryAfter: .seconds(7)), tries: 1, draw: draw)
                #expect(wait == .seconds(7))
            }
        }
        #expect(
            policy.quickRetry(after: .status(429, retryAfter: .zero), tries: 1, draw: 1) == .milliseconds(200)
        )
        #expect(policy.quickRetry(after: .status(429, retryAfter: .seconds(10)), tries: 1, draw: 1) == .seconds(10))
    }

    @Test("a Retry-After longer than a claim should wait sends the request back to the queue")
    func longRetryAfter() {
        let failure = CallFailure.status(429, retryAfter: .milliseconds(10_001))
        #expect(policy.quickRetry(after: failure, tries: 1, draw: 0.5) == nil)
    }
}

@Suite("Remedies")
struct RemedyTests {
    private let policy = RetryPolicy()

    @Test(
        "a failure has the remedy of its kind",
        arguments: [
            (.status(401, retryAfter: nil), .stopRun), (.status(403, retryAfter: .seconds(1)), .stopRun),
            (.cancelled, .giveBack), (.status(404, retryAfter: nil), .person), (.status(400, retryAfter: nil), .person),
            (.tooLarge, .person), (.impossible, .person), (.status(301, retryAfter: nil), .person),
            (.unreadable, .later(.seconds(60), failures: 1)),
            (.status(409, retryAfter: nil), .later(.seconds(60), failures: 1)),
            (.timedOut, .later(.seconds(60), failures: 0)), (.noConnection, .later(.seconds(60), failures: 0)),
            (.status(500, retryAfter: nil), .later(.seconds(60), failures: 0)),
        ] as [(CallFailure, RetryPolicy.Remedy)]
    )
    func kinds(failure: CallFailure, remedy: RetryPolicy.Remedy) {
        #expect(policy.remedy(for: failure, failures: 0, draw: 1) == remedy)
    }

    @Test("no outage ever spends the budget or asks for a person")
    func outage() {
        let outages: [CallFailure] = [
            .timedOut, .noConnection, .status(429, retryAfter: nil), .status(503, retryAfter: .seconds(1)),
        ]
        for failure in outages {
            for failures in [0, 3, 4, 5, 100] {
                guard case .later(let wait, failures) = policy.remedy(for: failure, failures: failures, draw: 0.5)
                else {
                    Issue.record("\(failure) with \(failures) failures is not tried later as it was")
                    continue
                }
                #expect(wait > .zero && wait <= policy.queue.cap)
            }
        }
    }

    @Test("trouble counts, and asks for a person when the budget is spent")
    func budget() {
        let remedies = (0...5).map { policy.remedy(for: .unreadable, failures: $0, draw: 1) }
        #expect(
            remedies == [
                .later(.seconds(60), failures: 1), .later(.seconds(120), failures: 2),
                .later(.seconds(240), failures: 3), .later(.seconds(480), failures: 4), .person, .person,
            ]
        )
    }

    @Test("waits in the queue are drawn from a tenth to the whole, and never pass the cap")
    func jitter() {
        var policy = RetryPolicy()
        policy.failureBudget = .max
        for failures in 0..<100 {
            let whole = min(Duration.seconds(60) * (1 << min(failures, 10)), .seconds(3_600))
            for draw in draws {
                guard
                    case .later(let wait, failures + 1) = policy.remedy(
                        for: .unreadable,
                        failures: failures,
                        draw: draw
                    )
                else {
                    Issue.record("trouble within the budget is not tried later")
                    continue
                }
                #expect(wait >= whole / 10 && wait <= whole)
            }
        }
    }

    @Test(
        "Retry-After of an outage is honoured up to the cap",
        arguments: [(30, 30), (3_600, 3_600), (3_601, 3_600), (1_000_000, 3_600)]
    )
    func retryAfter(asked: Int, wait: Int) {
        for draw in draws {
            #expect(
                policy.remedy(for: .status(503, retryAfter: .seconds(asked)), failures: 2, draw: draw)
                    == .later(.seconds(wait), failures: 2)
            )
        }
    }
}
