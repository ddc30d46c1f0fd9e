import Foundation
import TestEnvironment
import Testing
import ThrowawayPostgres

/// All faults at once, drawn from a seed.
///
/// `make soak SEED=7` draws 10,000 requests; a small soak is part of every test run.
@Suite("A soak under random faults", .takesTurns, .timeLimit(.minutes(60)))
struct SoakTests {
    @Test("a seed always draws the same plan, and another seed another one")
    func plan() {
        #expect(SoakPlan(seed: 7, requests: 500) == SoakPlan(seed: 7, requests: 500))
        #expect(SoakPlan(seed: 7, requests: 500) != SoakPlan(seed: 8, requests: 500))
    }

    @Test("under all faults at once no request is lost, no deletion is repeated unexplained, and the log verifies")
    func soak() async throws {
        let seed = try Self.number("DSR_SOAK_SEED", default: 1)
        let count = try Int(Self.number("DSR_SOAK_REQUESTS", default: 400))
        let plan = SoakPlan(seed: seed, requests: count)
        let postgres = try await ThrowawayPostgres.start()
        try await TestEnvironment.withEvidence(on: postgres, environment: Soak.environment) { env, _ in
            let outcome = try await Soak(plan: plan, postgres: postgres, env: env).carryOut()
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
