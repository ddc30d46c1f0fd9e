import Testing

@testable import Processor

@Suite("Reconnecting")
struct ReconnectingTests {
    private let start = ContinuousClock.now

    @Test("an unavailable database is waited for with growing waits, until patience is at an end")
    func patience() {
        var outage = Outage(patience: .seconds(10))
        var waits: [Duration?] = []
        for second in [0.0, 1, 2, 3, 4, 5, 9.9, 10] {
            waits.append(outage.failed(at: start + .seconds(second), jitter: 1))
        }
        #expect(
            waits == [
                .milliseconds(200), .milliseconds(400), .milliseconds(800), .milliseconds(1_600), .milliseconds(3_200),
                .seconds(5), .seconds(5), nil,
            ]
        )
    }

    @Test("a statement that succeeds ends the outage, and the next one is waited for anew")
    func recovered() {
        var outage = Outage(patience: .seconds(10))
        #expect(outage.failed(at: start, jitter: 1) == .milliseconds(200))
        outage.ended()
        #expect(outage.failed(at: start + .seconds(60), jitter: 1) == .milliseconds(200))
    }

    @Test("without patience the first failure is final")
    func none() {
        var outage = Outage(patience: .zero)
        #expect(outage.failed(at: start, jitter: 1) == nil)
    }
}
