import Foundation
import TalonOne
import Testing

@Suite struct RetryAfterTests {
    @Test(
        "Retry-After is read in every form of RFC 9110; any other text is nil",
        arguments: [
            ("120", RetryAfter.seconds(120)), ("0", .seconds(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", .date(Date(timeIntervalSince1970: 784_111_777))),
            ("Sunday, 06-Nov-94 08:49:37 GMT", .date(Date(timeIntervalSince1970: 784_111_777))),
            ("Sun Nov  6 08:49:37 1994", .date(Date(timeIntervalSince1970: 784_111_777))),
            ("", nil), ("-1", nil), ("1.5", nil), ("soon", nil), ("99999999999999999999", nil), ("٣", nil),
        ] as [(String, RetryAfter?)]
    )
    func retryAfter(header: String, value: RetryAfter?) {
        #expect(RetryAfter(header) == value)
    }
}
