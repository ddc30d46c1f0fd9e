import Foundation
import Store
import SubjectRequests
import Testing

@Suite("Unknown customers in the database")
struct UnknownCustomerTests {
    private func claimed(_ right: Right, _ customer: String, in database: Database, run: Int64) async throws
        -> SubjectRequest
    {
        let id = try await database.ready(right, customer, run: run)
        return try #require(try await database.claim(only: id, run: run))
    }

    private func unknown(_ request: SubjectRequest, keptFor: Duration = .days(30)) -> Resolution {
        request.completed(.noData([document("answer.txt", of: request.id)], keptFor: keptFor))
    }

    @Test("an answer that is held back waits without documents and keeps what it needs, and each run opens it again")
    func heldBack() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let request = try await claimed(.erasure, "canary-1", in: database, run: run)
        let held = unknown(request).heldBack(behind: .unknownCustomers, reason: "Held back.")
        #expect(try await database.store.record([held], run: run) == [request.id])
        #expect(try await database.column("state || ' ' || waiting_for", of: request.id) == "waiting unknown_customers")
        #expect(try await database.column("integration_id", of: request.id) == "canary-1")
        #expect(try await database.column("forget_at", of: request.id) == nil)
        #expect(try await database.number("select count(*) from dsr.reports") == 0)
        #expect(try await database.store.detail(of: request.id)?.closedGates == [.unknownCustomers])
        #expect(try await database.entries().last?.event == "returned")

        #expect(try await database.store.releaseWaiting(run: run, keeping: [.unknownCustomers]).opened == 0)
        #expect(try await database.store.releaseWaiting(run: run).opened == 1)
        #expect(try await database.claim(only: request.id, run: run) != nil)
    }

    @Test("an operator's decision does not open the gate")
    func decision() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let request = try await claimed(.erasure, "canary-1", in: database, run: run)
        let held = unknown(request).heldBack(behind: .unknownCustomers, reason: "Held back.")
        _ = try await database.store.record([held], run: run)
        _ = try await GateTests.decide(.approved, on: request.id, in: database, by: "bea")
        #expect(try await database.column("waiting_for", of: request.id) == "unknown_customers")
    }

    @Test("the identifier of an unknown customer is kept for the time of grace, and then deleted with what leads to it")
    func forgotten() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let earlier = try await claimed(.access, "canary-1", in: database, run: run)
        _ = try await database.store.record(
            [earlier.completed(.exported([document("earlier.txt", of: earlier.id)]))],
            run: run
        )
        let kept = try await claimed(.access, "canary-2", in: database, run: run)
        let erasure = try await claimed(.erasure, "canary-1", in: database, run: run)
        _ = try await database.store.record([unknown(kept), unknown(erasure, keptFor: .zero)], run: run)
        #expect(try await database.column("integration_id", of: erasure.id) == "canary-1")
        // What arrives after the answer is not a part of it.
        let later = try await claimed(.access, "canary-1", in: database, run: run)
        _ = try await database.store.record([later.completed(.exported([]))], run: run)
        let ids = try await database.texts("select id from dsr.reports").compactMap { $0.flatMap { Int64($0) } }
        try await database.store.markDelivered(ids, keepDays: 30, by: .run(run))

        #expect(try await database.store.forgetUnknownCustomers(run: run) == 1)
        for id in [earlier.id, erasure.id] { #expect(try await database.column("integration_id", of: id) == nil) }
        for (id, name) in [(kept.id, "canary-2"), (later.id, "canary-1")] {
            #expect(try await database.column("integration_id", of: id) == name)
        }
        #expect(try await database.number("select count(*) from dsr.request_salts") == 2)
        #expect(
            try await database.texts("select file_name from dsr.reports where content is null order by 1")
                == ["\(earlier.id)-earlier", "\(erasure.id)-answer"].map { "000000-request-\($0).txt" }
        )
        let forgotten = try await database.texts(
            "select request_id from dsr.evidence_leaves where event = 'forgotten' order by index"
        )
        #expect(forgotten == ["\(earlier.id)", "\(erasure.id)"])
        #expect(try await database.store.forgetUnknownCustomers(run: run) == 0)
    }

    @Test("more identifiers than one statement deletes are all deleted")
    func many() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        try await database.run(
            """
            insert into dsr.subject_requests (kind, integration_id)
            select 'access', 'canary-' || n from generate_series(1, 1200) n
            """
        )
        try await database.admit(run)
        let requests = try await database.claim(run)
        _ = try await database.store.record(requests.map { $0.completed(.noData([])) }, run: run)
        #expect(try await database.store.forgetUnknownCustomers(run: run) == 1_200)
        #expect(try await database.number("select count(integration_id) from dsr.subject_requests") == 0)
    }

    @Test("the first known customer is remembered until the queue moves, and so are the customers of runs")
    func known() async throws {
        let database = try await Database.fresh()
        let live = Deployment(environment: .sandbox, host: "one.example")
        _ = try await database.store.pin(live)
        let limits = UnknownBrake.Limits()
        func reason() async throws -> UnknownBrake.Reason? {
            try await database.store.unknownBrake(limits, earlierRuns: 20).reason(.init(known: 0, unknown: 1))
        }
        #expect(try await reason() == .noneKnownYet(unknown: 1))

        let run = try await database.begin()
        let (one, two) = (
            try await claimed(.access, "canary-1", in: database, run: run),
            try await claimed(.access, "canary-2", in: database, run: run)
        )
        _ = try await database.store.record([unknown(one)], run: run)
        #expect(try await reason() == .noneKnownYet(unknown: 1))
        _ = try await database.store.record([two.completed(.exported([]))], run: run)
        #expect(try await reason() == nil)

        try await database.store.endRun(run, reason: "done", lookups: .init(known: 1, unknown: 9))
        #expect(try await reason() == nil)
        for _ in 1...2 {
            let run = try await database.begin()
            try await database.store.endRun(run, reason: "done", lookups: .init(known: 0, unknown: 3))
        }
        #expect(try await reason() == .noneKnownLately(unknown: 7, allowed: 5))

        let moved = Deployment(environment: .sandbox, host: "two.example")
        _ = try await database.store.repin(moved, ticket: "T-1", by: GateTests.operator)
        #expect(try await reason() == .noneKnownYet(unknown: 1))
    }
}
