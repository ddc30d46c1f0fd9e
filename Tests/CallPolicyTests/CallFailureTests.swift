import CallPolicy
import Testing

@Suite("Call failures")
struct CallFailureTests {
    @Test("every status is of the kind that the table says, whether or not it came with Retry-After")
    func statuses() {
        let exceptions: [Int: CallFailure.Kind] = [
            401: .credentials, 403: .credentials, 404: .absent, 408: .outage, 409: .trouble, 425: .outage, 429: .outage,
        ]
        for status in 100...599 {
            let expected = exceptions[status] ?? (status >= 500 ? .outage : .rejection)
            #expect(CallFailure.status(status, retryAfter: nil).kind == expected, "\(status)")
            #expect(CallFailure.status(status, retryAfter: .seconds(7)).kind == expected, "\(status)")
        }
    }

    @Test(
        "what has no status is of its own kind",
        arguments: [
            (.timedOut, .outage), (.noConnection, .outage), (.unreadable, .trouble), (.tooLarge, .rejection),
            (.impossible, .rejection), (.cancelled, .stopped),
            (.status(600, retryAfter: nil), .rejection), (.status(0, retryAfter: nil), .rejection),
        ] as [(CallFailure, CallFailure.Kind)]
    )
    func others(failure: CallFailure, kind: CallFailure.Kind) {
        #expect(failure.kind == kind)
    }
}
