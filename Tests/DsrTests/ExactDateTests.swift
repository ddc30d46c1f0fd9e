import Foundation
import Testing

@testable import dsr

@Suite("Instants on the command line")
struct ExactDateTests {
    @Test(
        "a day or a time that does not exist is refused",
        arguments: [
            "2026-02-31T00:00:00Z", "2025-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-10T00:00:00Z",
            "2026-04-31T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z",
            "2026-01-01", "26-01-01T00:00:00Z", "2026-01-01T00:00:00", "", "2026-1-1T00:00:00Z",
            "x2026-01-01T00:00:00Z",
        ]
    )
    func refused(text: String) {
        #expect(Date(exactly: text) == nil)
    }

    @Test("an instant in UTC or with an offset is read")
    func read() {
        #expect(Date(exactly: "2024-02-29T23:59:59Z")?.timeIntervalSince1970 == 1_709_251_199)
        #expect(Date(exactly: "2024-03-01T01:59:59+02:00")?.timeIntervalSince1970 == 1_709_251_199)
    }
}
