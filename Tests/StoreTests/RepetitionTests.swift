import Foundation
import Store
import SubjectRequests
import Testing

/// What is sent again after the connection broke, although it had been committed.
@Suite("Repeated statements")
struct RepetitionTests {
    @Test("a claim of which the run does not know is found again, and nothing else")
    func claim() async throws {
        let database = try await Database.fresh()
        let (run, other) = (try await database.begin(), try await database.begin())
        for number in 1...4 { try await database.submit(.access, "customer-\(number)") }
        try await database.admit(run)
        let known = try await database.claim(run, limit: 1).map(\.id)
        let lost = try await database.claim(run, limit: 2).map(\.id)
        _ = try await database.claim(other)
        let found = try await database.store.orphanedClaims(run: run, excluding: Set(known))
        #expect(found.requests.map(\.id) == lost && found.requests.allSatisfy { $0.claim.number == 1 })
        let none = try await database.store.orphanedClaims(run: run, excluding: Set(known + lost))
        #expect(none.isEmpty && none.holdsLease)
    }

    @Test("a result that was recorded is distinguished from one whose request another run has taken")
    func result() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        for number in 1...3 { try await database.submit(.access, "customer-\(number)") }
        try await database.admit(run)
        let claimed = try await database.claim(run)
        let results = [
            completion(of: claimed[0]), claimed[1].returned(),
            completion(of: claimed[2]),
        ]
        #expect(try await database.store.record(Array(results.prefix(2)), run: run).count == 2)
        // Another run has taken over the third, and claimed the second again.
        try await database.lapse(run)
        let next = try await database.begin()
        _ = try await database.store.rescue(run: next)
        _ = try await database.claim(next)
        #expect(try await database.store.record(results, run: run) == [])
        #expect(try await database.store.recorded(among: results) == [claimed[0].id, claimed[1].id])
    }

    @Test("a run ends once, with one report of each kind")
    func end() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        for reason in ["done", "again"] {
            try await database.store.endRun(
                run,
                reason: reason,
                erasures: 3,
                documents: [document(ofRun: run, as: "json")]
            )
        }
        #expect(try await database.text("select end_reason from dsr.runs where id = $1", run) == "done")
        #expect(try await database.number("select count(*) from dsr.reports") == 1)
    }

    @Test("rows that an earlier try has refused are counted, and admitted rows stay as they are")
    func admission() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        try await database.run(
            """
            drop trigger check_new_request on dsr.subject_requests;
            insert into dsr.subject_requests (kind, integration_id) values ('access', '..'), ('access', 'customer-1')
            """
        )
        let batch = Database.verdicts(on: try await database.store.newRequests(after: 0, limit: 9))
        #expect(try await database.store.admit(batch, by: .run(run)).readyWaitingRefused == [1, 0, 1])
        #expect(try await database.store.admit(batch, by: .run(run)).readyWaitingRefused == [0, 0, 0])
        #expect(try await database.store.refused(among: batch, by: run) == 1)
        #expect(try await database.logSize() == 4)
    }
}
