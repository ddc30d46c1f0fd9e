import SubjectRequests
import Testing

@Suite("Durations as numbers")
struct DurationUnitsTests {
    @Test(
        "milliseconds are whole and seconds are exact to the millisecond, for negative durations too",
        arguments: [
            (Duration.zero, 0, 0.0), (.seconds(90), 90_000, 90), (.milliseconds(1_500), 1_500, 1.5),
            (.microseconds(1_999), 1, 0.001_999), (.milliseconds(-1_500), -1_500, -1.5),
            (.microseconds(-1_999), -1, -0.001_999), (.seconds(86_400 * 365), 31_536_000_000, 31_536_000),
        ]
    )
    func units(duration: Duration, milliseconds: Int64, seconds: Double) {
        #expect(duration.milliseconds == milliseconds)
        #expect(abs(duration.seconds - seconds) < 1e-9)
    }
}
