import CallPolicy
import Testing

@Suite("API failures")
struct APIFailureTests {
    @Test("every status has its kind, with and without Retry-After")
    func statuses() {
        let exceptions: [Int: APIFailure.Kind] = [
            401: .credentials, 403: .credentials, 404: .absent, 408: .outage, 409: .trouble, 425: .outage, 429: .outage,
        ]
        for status in 100...599 {
            let expected = exceptions[status] ?? (status >= 500 ? .outage : .rejection)
            #expect(APIFailure.status(status, retryAfter: nil).kind == expected, "\(status)")
            #expect(APIFailure.status(status, retryAfter: .seconds(7)).kind == expected, "\(status)")
        }
    }

    @Test(
        "a failure without a known HTTP status has its kind",
        arguments: [
            (.timedOut, .outage), (.noConnection, .outage), (.unreadable, .trouble), (.tooLarge, .rejection),
            (.impossible, .rejection), (.cancelled, .stopped),
            (.status(600, retryAfter: nil), .outage), (.status(0, retryAfter: nil), .rejection),
        ] as [(APIFailure, APIFailure.Kind)]
    )
    func others(failure: APIFailure, kind: APIFailure.Kind) {
        #expect(failure.kind == kind)
    }
}
