import CallPolicy
import Testing

@Suite("Rate")
struct AdaptiveRateTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    /// A rate after calls at an even pace.
    private func rate(callsPerSecond: Double, seconds: Double) -> AdaptiveRate {
        var rate = AdaptiveRate()
        for number in 0..<Int(callsPerSecond * seconds) { rate.ended(at: at(Double(number) / callsPerSecond)) }
        return rate
    }

    @Test("there is no limit before the API has asked for fewer calls")
    func unlimited() {
        #expect(rate(callsPerSecond: 100, seconds: 5).limit(at: at(5)) == nil)
    }

    @Test("a throttled call cuts the rate to seven tenths of what is measured, and again from there")
    func cut() throws {
        var rate = rate(callsPerSecond: 100, seconds: 5)
        rate.throttled(at: at(5))
        let first = try #require(rate.limit(at: at(5)))
        #expect(abs(first - 70) < 2, "\(first)")
        rate.throttled(at: at(5))
        let second = try #require(rate.limit(at: at(5)))
        #expect(abs(second - first * 0.7) < 1, "\(second)")
    }

    @Test("the rate comes back to what it was and goes beyond, and never above twice what is measured")
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
        #expect(zip(limits, limits.dropFirst()).allSatisfy { $0 <= $1 + 0.001 }, "it never falls by itself")
        #expect(limits.contains { abs($0 - 100) < 1 })
        #expect((limits.max() ?? 0) <= 2 * 72)
        let nearTheOld = limits.count { abs($0 - 100) < 5 }
        #expect(nearTheOld > 100, "it lingers where it was too much before")
    }

    @Test("however much the API throttles, a call goes every two seconds")
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
