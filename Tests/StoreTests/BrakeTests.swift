import Foundation
import Store
import SubjectRequests
import Testing

@Suite("The brake in the database")
struct BrakeTests {
    @Test("the brake makes erasures wait and nothing else, and without it they return")
    func brake() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        for number in 1...3 { try await database.submit(.erasure, "customer-\(number)") }
        let access = try await database.submit(.access, "customer-4")
        try await database.admit(run)
        #expect(try await database.store.dueErasures() == 3)
        let braked = ClaimQuery(limit: 9, scope: .all, isBraked: true)
        let group = try await database.store.claim(braked, run: run)
        #expect(group.requests.map(\.id) == [access] && group.gated == 3)
        #expect(try await database.store.claim(braked, run: run).isEmpty)
        #expect(try await database.store.dueErasures() == 3)
        #expect(try await database.store.releaseWaiting(run: run, isBraked: true).opened == 0)
        #expect(try await database.store.detail(of: 1)?.closedGates == [.brake])
        #expect(try await database.store.releaseWaiting(run: run).opened == 3)
        #expect(try await database.claim(run).count == 3)
    }

    @Test("an erasure whose own gate is closed is not due")
    func due() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        try await database.submit(.erasure, "customer-1")
        try await database.admit(run, gates: GateRules(approvesErasures: true))
        #expect(try await database.store.dueErasures() == 0)
    }

    @Test("the brake compares with runs over the whole queue of the same environment that held nothing back")
    func earlier() async throws {
        let database = try await Database.fresh()
        func end(_ erasures: Int, braked: Bool = false, scope: Scope = .all, environment: Environment = .sandbox)
            async throws
        {
            let identity = RunIdentity(
                host: "h",
                processID: 1,
                version: "1",
                environment: environment,
                actor: "cron",
                scope: scope
            )
            let run = try await database.store.beginRun(identity, lease: .seconds(60)).run
            try await database.store.endRun(run, reason: "done", erasures: erasures, wasBraked: braked)
        }
        for erasures in 1...4 { try await end(erasures) }
        try await end(100, braked: true)
        try await end(100, scope: .only(1))
        try await end(100, environment: .live)
        _ = try await database.begin()
        #expect(try await database.store.erasuresOfEarlierRuns(environment: .sandbox, limit: 3) == [4, 3, 2])
    }

    @Test("the log has an entry for the brake, and one for its release with a ticket")
    func noted() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        try await database.store.noteBrake(due: 70, ticket: nil, run: run)
        try await database.store.noteBrake(due: 70, ticket: "T-1", run: run)
        let entries = try await database.entries()
        #expect(entries.map(\.event) == ["braked", "brake_released"] && entries.map(\.ticket) == [nil, "T-1"])
        try await database.expectSoundEvidence()
    }
}
