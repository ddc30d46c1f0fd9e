import Foundation
import Store
import SubjectRequests
import Testing

@Suite("Requests of one subject are processed one after another")
struct OlderRequestTests {
    @Test(
        "access comes before erasure, whichever arrived first",
        arguments: [[Right.access, .erasure], [.erasure, .access]]
    )
    func accessFirst(order: [Right]) async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        for right in order { try await database.submit(right, "customer-42") }
        #expect(try await database.admit(run).readyWaitingRefused == [1, 1, 0])
        let erasure = try #require(try await database.store.requests(state: .waiting, limit: 10).first)
        #expect(erasure.kind == "erasure" && erasure.waitingFor == .olderRequest)
        let entry = try await database.entries(of: erasure.id).last
        #expect(entry?.event == "waiting" && entry?.waitingFor == "older_request")

        // Neither ready nor running is answered.
        #expect(try await database.store.releaseWaiting(run: run).opened == 0)
        let access = try #require(try await database.claim(run).first)
        #expect(access.right == .access)
        #expect(try await database.store.releaseWaiting(run: run).opened == 0)
        #expect(try await database.claim(only: erasure.id, run: run) == nil)

        _ = try await database.store.record([completion(of: access)], run: run)
        #expect(try await database.store.releaseWaiting(run: run).opened == 1)
        #expect(try await database.claim(run).map(\.id) == [erasure.id])
        #expect(try await database.events(of: erasure.id) == ["received", "admitted", "waiting", "ready", "claimed"])
    }

    @Test("requests of one kind are answered in the order they came")
    func sameKind() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        var ids: [Int64] = []
        // The second access has a question of its own, so that it is not answered together with the first.
        for right in [Right.access, .portability, .access] {
            ids.append(try await database.submit(right, "customer-42"))
        }
        try await database.admit(run)
        let today = CivilDate(Date(), in: .gmt)
        _ = try await GateTests.decide(.suspended(.clarification, askedOn: today), on: ids[2], in: database)
        var answered: [Int64] = []
        while let request = try await database.claim(run).first {
            answered.append(request.id)
            _ = try await database.store.record([completion(of: request)], run: run)
            _ = try await database.store.releaseWaiting(run: run)
            guard answered.count == 2 else { continue }
            _ = try await GateTests.decide(.resumed(.clarification, answeredOn: today), on: ids[2], in: database)
        }
        #expect(answered == ids)
    }

    @Test("an access that arrives after an erasure was admitted still goes first")
    func lateAccess() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let erasure = try await database.ready(.erasure, "customer-42", run: run)
        let access = try await database.submit(.access, "customer-42")
        #expect(try await database.claim(run).isEmpty)
        #expect(try await database.admit(run).ready == 1)
        #expect(try await database.claim(run).map(\.id) == [access])
        // The claim found that the erasure must wait, and logged it.
        #expect(try await database.column("state || ' ' || waiting_for", of: erasure) == "waiting older_request")
        #expect(try await database.events(of: erasure) == ["received", "admitted", "waiting"])
    }

    @Test("an access that failed keeps the erasure back, and a failed rectification does not")
    func failed() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        for (subject, right) in [("a", Right.access), ("p", .portability), ("r", .rectification)] {
            let id = try await database.ready(right, subject, run: run)
            let request = try #require(try await database.claim(only: id, run: run))
            let failure = request.failed(.refusedByAPI, reason: "No.")
            #expect(try await database.store.record([failure], run: run) == [id])
        }
        for subject in ["a", "p", "r"] { try await database.submit(.erasure, subject) }
        #expect(try await database.admit(run).readyWaitingRefused == [1, 2, 0])
        #expect(try await database.store.releaseWaiting(run: run).opened == 0)
        #expect(try await database.claim(run).map(\.subject.value) == ["r"])
    }

    @Test("requests of other subjects do not matter")
    func others() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        try await database.submit(.access, "customer-42")
        try await database.submit(.erasure, "CUSTOMER-42")
        try await database.submit(.erasure, "customer-4")
        #expect(try await database.admit(run).ready == 3)
    }
}
