import Postgres
import Store
import SubjectRequests
import Testing

@Suite("Rescue")
struct RescueTests {
    @Test("what a crashed run held returns once, marked where a deletion was announced, and the run is ended")
    func crashedRun() async throws {
        let database = try await Database.fresh()
        let crashed = try await database.begin()
        let access = try await database.ready(.access, "customer-1", run: crashed)
        let erasure = try await database.ready(.erasure, "customer-2", run: crashed)
        let done = try await database.ready(.erasure, "customer-3", run: crashed)
        let live = try await database.begin()
        let kept = try await database.ready(.erasure, "customer-4", run: live)
        let announced = try await database.ready(.erasure, "customer-5", run: crashed)
        for id in [access, erasure, done] { _ = try await database.claim(only: id, run: crashed) }
        let request = try #require(try await database.claim(only: announced, run: crashed))
        _ = try await database.store.announce([Intent(.deleteCustomerData, under: request.claim)], run: crashed)
        _ = try await database.claim(only: kept, run: live)
        _ = try await database.store.record(
            [try held(done, .erasure).completed(.erased([], nil))],
            run: crashed
        )

        let rescuer = try await database.begin()
        #expect(try await database.store.rescue(run: rescuer).returned == 0)
        try await database.lapse(crashed)
        #expect(try await database.store.rescue(run: rescuer).returned == 3)
        #expect(try await database.store.rescue(run: rescuer).returned == 0)

        #expect(try await database.column("state || may_have_acted", of: access) == "pendingfalse")
        #expect(try await database.column("state || may_have_acted", of: erasure) == "pendingfalse")
        #expect(try await database.column("state || may_have_acted", of: announced) == "pendingtrue")
        #expect(try await database.column("state || may_have_acted", of: done) == "completedfalse")
        #expect(try await database.column("state || may_have_acted", of: kept) == "runningfalse")
        #expect(
            try await database.text("select end_reason from dsr.runs where id = $1 and ended_at is not null", crashed)
                == "lease lost"
        )
        #expect(try await database.text("select ended_at from dsr.runs where id = $1", live) == nil)
        for id in [access, erasure, announced] {
            let entry = try #require(try await database.entries(of: id).last)
            #expect(entry.event == "lease_lost" && entry.claim == 1 && entry.run == rescuer)
        }
        #expect(try await database.events(of: kept).last == "claimed")
        let again = try #require(try await database.claim(only: announced, run: rescuer))
        #expect(again.claim.mayHaveActed && again.claim.number == 2)
        try await database.expectSoundEvidence()
    }

    @Test("several rescuers at once bring each row back once")
    func concurrently() async throws {
        let database = try await Database.fresh()
        let crashed = try await database.begin()
        for number in 1...50 { try await database.submit(.erasure, "customer-\(number)") }
        try await database.admit(crashed)
        #expect(try await database.claim(crashed).count == 50)
        try await database.lapse(crashed)
        let returned = try await withThrowingTaskGroup { group in
            for _ in 1...4 {
                let store = try await database.anotherStore()
                let run = try await database.begin()
                group.addTask { try await store.rescue(run: run).returned }
            }
            return try await group.reduce(0, +)
        }
        #expect(returned == 50)
        #expect(try await database.entries().filter { $0.event == "lease_lost" }.count == 50)
        try await database.expectSoundEvidence()
    }

    @Test("a run whose lease has expired rescues nothing, itself least of all, and is told")
    func lapsedRescuer() async throws {
        let database = try await Database.fresh()
        let (run, other) = (try await database.begin(), try await database.begin())
        let mine = try await database.ready(.access, "customer-1", run: run)
        _ = try await database.claim(run)
        let theirs = try await database.ready(.access, "customer-2", run: other)
        _ = try await database.claim(other)
        try await database.lapse(run)
        try await database.lapse(other)
        #expect(
            try await database.store.rescue(run: run) == Rescue(returned: 0, setAside: 0, holdsLease: false)
        )
        for id in [mine, theirs] { #expect(try await database.column("state", of: id) == "running") }
        #expect(try await database.text("select ended_at from dsr.runs where id = $1", run) == nil)

        let third = try await database.begin()
        #expect(
            try await database.store.rescue(run: third) == Rescue(returned: 2, setAside: 0, holdsLease: true)
        )
        #expect(try await !database.store.rescue(run: run).holdsLease, "it was ended by the rescue")
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
        async let claimed = claimer.claim(ClaimQuery(limit: 1, scope: .all), run: slow)
        try await database.waitUntilBlocked(1)
        try await database.lapse(slow)
        // It cannot see the row that is being claimed, and must not close the run over it.
        #expect(try await database.store.rescue(run: rescuer).returned == 0)
        try await blocker.run(script: "commit", named: "release")
        #expect(try await claimed.requests.map(\.id) == [id])

        #expect(try await database.store.rescue(run: rescuer).returned == 1)
        #expect(try await database.column("state || may_have_acted", of: id) == "pendingfalse")
    }

    @Test("a request that two runs crashed with is processed alone, and is set aside after a third")
    func poison() async throws {
        let database = try await Database.fresh()
        var run = try await database.begin()
        let poison = try await database.ready(.erasure, "customer-1", run: run)
        for losses in 1...2 {
            #expect(try await database.claim(run).map(\.id) == [poison])
            try await database.lapse(run)
            run = try await database.begin()
            let rescued = try await database.store.rescue(run: run)
            #expect(rescued.returned == 1 && rescued.setAside == 0)
            #expect(try await database.column("crashed_runs", of: poison) == "\(losses)")
        }
        let innocent = try await database.ready(.access, "customer-2", run: run)
        #expect(try await database.claim(run).map(\.id) == [innocent])
        _ = try await database.store.record(
            [try held(innocent).completed(.noData([]))],
            run: run
        )
        let suspects = try await database.store.claim(
            ClaimQuery(limit: 1, scope: .all, onlySuspects: true),
            run: run
        ).requests
        #expect(suspects.map(\.id) == [poison])
        try await database.lapse(run)
        run = try await database.begin()
        let rescued = try await database.store.rescue(run: run)
        #expect(rescued.returned == 0 && rescued.setAside == 1)
        #expect(try await database.column("state || crashed_runs", of: poison) == "failed3")
        #expect(try await database.column("reason", of: poison)?.contains("3 runs crashed") == true)
        #expect(try await database.store.requests(needingAction: true, limit: 9).map(\.id) == [poison])
        #expect(try await database.events(of: poison).suffix(2) == ["lease_lost", "set_aside"])
        #expect(try await database.store.discrepancies(after: 0, limit: 9).isEmpty)
        try await database.expectSoundEvidence()
    }

    @Test("a claim that ends resets the count of crashed runs")
    func cleared() async throws {
        let database = try await Database.fresh()
        let crashed = try await database.begin()
        let id = try await database.ready(.access, "customer-1", run: crashed)
        _ = try await database.claim(crashed)
        try await database.lapse(crashed)
        let run = try await database.begin()
        _ = try await database.store.rescue(run: run)
        _ = try await database.claim(run)
        _ = try await database.store.record([try held(id, claim: 2).returned()], run: run)
        #expect(try await database.column("crashed_runs", of: id) == "0")
    }

    @Test("runs at work are those that hold requests")
    func othersAtWork() async throws {
        let database = try await Database.fresh()
        let (me, holding, idle) = (try await database.begin(), try await database.begin(), try await database.begin())
        _ = try await database.ready(.access, "customer-1", run: me)
        _ = try await database.claim(holding)
        #expect(try await database.store.otherRunsAtWork(excluding: me).map(\.id) == [holding])
        #expect(try await database.store.otherRunsAtWork(excluding: idle).map(\.id) == [holding])
        #expect(try await database.store.otherRunsAtWork(excluding: holding).isEmpty)
        let before = try await database.store.otherRunsAtWork(excluding: me)
        #expect(try await database.store.renewLease(run: holding, lease: .seconds(7_200)))
        #expect(try await database.store.otherRunsAtWork(excluding: me) != before)
    }
}
