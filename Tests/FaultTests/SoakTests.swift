import Foundation
import TestHouse
import Testing
import ThrowawayPostgres

/// Everything goes wrong at once, as a seed has it.
///
/// `make soak SEED=7` draws ten thousand requests; a bounded one is part of every test run.
@Suite("A soak under drawn faults", .takesTurns, .timeLimit(.minutes(60)))
struct SoakTests {
    @Test("a seed draws the same plan each time, and another seed another one")
    func plan() {
        #expect(SoakPlan(seed: 7, requests: 500) == SoakPlan(seed: 7, requests: 500))
        #expect(SoakPlan(seed: 7, requests: 500) != SoakPlan(seed: 8, requests: 500))
    }

    @Test("whatever is drawn, nothing is lost, nothing is done twice unseen, and all is proven")
    func soak() async throws {
        let seed = try Self.number("DSR_SOAK_SEED", default: 1)
        let count = try Int(Self.number("DSR_SOAK_REQUESTS", default: 400))
        let plan = SoakPlan(seed: seed, requests: count)
        let postgres = try await ThrowawayPostgres.start()
        try await House.withEvidence(on: postgres, environment: Soak.environment) { house, _ in
            let outcome = try await Soak(plan: plan, postgres: postgres, house: house).carryOut()
            print("soak with seed \(seed), \(count) requests, \(plan.episodes.count) episodes\n\(outcome)")
            #expect(outcome.findings == [], "seed \(seed)")
        }
        await postgres.stop()
    }

    private static func number(_ name: String, default number: UInt64) throws -> UInt64 {
        guard let text = ProcessInfo.processInfo.environment[name] else { return number }
        return try #require(
            UInt64(text).flatMap { (1...1_000_000).contains($0) ? $0 : nil },
            "\(name) is 1 to 1,000,000"
        )
    }
}
