import CallPolicy
import Testing

@Suite("Adaptive rate")
struct AdaptiveRateTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    /// A rate after calls at an even pace.
    private func rate(callsPerSecond: Double, seconds: Double) -> AdaptiveRate {
        var rate = AdaptiveRate()
        for number in 0..<Int(callsPerSecond * seconds) { rate.ended(at: at(Double(number) / callsPerSecond)) }
        return rate
    }

    @Test("there is no limit before the API has throttled a call")
    func unlimited() {
        #expect(rate(callsPerSecond: 100, seconds: 5).limit(at: at(5)) == nil)
    }

    @Test("a throttled call cuts the rate to 70 % of the measured rate, and each further one to 70 % of that")
    func cut() throws {
        var rate = rate(callsPerSecond: 100, seconds: 5)
        rate.throttled(at: at(5))
        let first = try #require(rate.limit(at: at(5)))
        #expect(abs(first - 70) < 2, "\(first)")
        rate.throttled(at: at(5))
        let second = try #require(rate.limit(at: at(5)))
        #expect(abs(second - first * 0.7) < 1, "\(second)")
    }

    @Test("the rate recovers, grows beyond what it was, and never exceeds twice the measured rate")
    func growth() throws {
        var rate = rate(callsPerSecond: 100, seconds: 5)
        rate.throttled(at: at(5))
        var limits: [Double] = []
        // The calls go on at 70 a second.
        for number in 0..<700 {
            let now = 5 + Double(number) / 70
            rate.ended(at: at(now))
            limits.append(try #require(rate.limit(at: at(now))))
        }
        #expect(zip(limits, limits.dropFirst()).allSatisfy { $0 <= $1 + 0.001 }, "it falls only when throttled")
        #expect(limits.contains { abs($0 - 100) < 1 })
        #expect((limits.max() ?? 0) <= 2 * 72)
        let nearOldRate = limits.count { abs($0 - 100) < 5 }
        #expect(nearOldRate > 100, "it grows slowly around the rate that was too high")
    }

    @Test("the limit never falls below one call in two seconds")
    func floor() throws {
        var rate = AdaptiveRate()
        for number in 0..<50 {
            rate.ended(at: at(Double(number)))
            rate.throttled(at: at(Double(number)))
        }
        #expect(try #require(rate.limit(at: at(50))) >= 0.5)
        var silent = AdaptiveRate()
        silent.throttled(at: at(0))
        #expect(try #require(silent.limit(at: at(0))) >= 0.5)
    }
}
