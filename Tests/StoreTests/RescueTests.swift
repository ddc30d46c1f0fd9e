import Postgres
import Store
import SubjectRequests
import Testing

@Suite("Rescue")
struct RescueTests {
    @Test("what a dead run held comes back once, with its erasures under suspicion, and the run is closed")
    func deadRun() async throws {
        let database = try await Database.fresh()
        let dead = try await database.begin()
        let access = try await database.ready(.access, "customer-1", run: dead)
        let erasure = try await database.ready(.erasure, "customer-2", run: dead)
        let done = try await database.ready(.erasure, "customer-3", run: dead)
        let live = try await database.begin()
        let held = try await database.ready(.erasure, "customer-4", run: live)
        for id in [access, erasure, done] { _ = try await database.claim(only: id, run: dead) }
        _ = try await database.claim(only: held, run: live)
        _ = try await database.store.record(
            [ClaimResult(of: done, claim: 1, state: .completed, outcome: .erased)],
            run: dead
        )

        let rescuer = try await database.begin()
        #expect(try await database.store.rescue(run: rescuer) == 0)
        try await database.lapse(dead)
        #expect(try await database.store.rescue(run: rescuer) == 2)
        #expect(try await database.store.rescue(run: rescuer) == 0)

        #expect(try await database.column("state || may_have_acted", of: access) == "pendingfalse")
        #expect(try await database.column("state || may_have_acted", of: erasure) == "pendingtrue")
        #expect(try await database.column("state || may_have_acted", of: done) == "completedfalse")
        #expect(try await database.column("state || may_have_acted", of: held) == "runningfalse")
        #expect(
            try await database.text("select end_reason from dsr.runs where id = $1 and ended_at is not null", dead)
                == "lease lost"
        )
        #expect(try await database.text("select ended_at from dsr.runs where id = $1", live) == nil)
        for id in [access, erasure] {
            let entry = try #require(try await database.entries(of: id).last)
            #expect(entry.event == "lease_lost" && entry.claim == 1 && entry.run == rescuer)
        }
        #expect(try await database.events(of: held).last == "claimed")
        let again = try #require(try await database.claim(only: erasure, run: rescuer))
        #expect(again.mayHaveActed && again.claimNumber == 2)
        try await database.expectSoundEvidence()
    }

    @Test("several rescuers at once bring each row back once")
    func concurrently() async throws {
        let database = try await Database.fresh()
        let dead = try await database.begin()
        for number in 1...50 { try await database.submit(.erasure, "customer-\(number)") }
        try await database.admit(dead)
        #expect(try await database.claim(dead).count == 50)
        try await database.lapse(dead)
        let returned = try await withThrowingTaskGroup { group in
            for _ in 1...4 {
                let store = try await database.anotherStore()
                let run = try await database.begin()
                group.addTask { try await store.rescue(run: run) }
            }
            return try await group.reduce(0, +)
        }
        #expect(returned == 50)
        #expect(try await database.entries().filter { $0.event == "lease_lost" }.count == 50)
        try await database.expectSoundEvidence()
    }

    @Test("a claim that commits after its run's lease has passed is not lost")
    func slowClaim() async throws {
        let database = try await Database.fresh()
        let slow = try await database.begin()
        let id = try await database.ready(.erasure, "customer-42", run: slow)
        let rescuer = try await database.begin()
        let claimer = try await database.anotherStore()
        let blocker = try await database.connection()

        // The claim has found its lease good, and now waits for its turn in the log while the lease passes.
        try await blocker.run(script: "begin; select from dsr.evidence_head for update", named: "block")
        async let claimed = claimer.claim(run: slow, after: .start, limit: 1)
        try await database.waitUntilBlocked(1)
        try await database.lapse(slow)
        // It cannot see the row that is being claimed, and must not close the run over it.
        #expect(try await database.store.rescue(run: rescuer) == 0)
        try await blocker.run(script: "commit", named: "release")
        #expect(try await claimed.requests.map(\.id) == [id])

        #expect(try await database.store.rescue(run: rescuer) == 1)
        #expect(try await database.column("state || may_have_acted", of: id) == "pendingtrue")
    }
}
