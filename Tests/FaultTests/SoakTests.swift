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
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["DSR_SOAK_SEED"].flatMap(UInt64.init) ?? 1
        let count = environment["DSR_SOAK_REQUESTS"].flatMap(Int.init) ?? 400
        let plan = SoakPlan(seed: seed, requests: count)
        let postgres = try await ThrowawayPostgres.start()
        try await House.withEvidence(on: postgres, environment: Soak.environment) { house, _ in
            let outcome = try await Soak(plan: plan, postgres: postgres, house: house).carryOut()
            print("soak with seed \(seed), \(count) requests, \(plan.episodes.count) episodes\n\(outcome)")
            #expect(outcome.findings == [], "seed \(seed)")
        }
        await postgres.stop()
    }
}
