import Foundation
import Postgres
import Store
import SubjectRequests
import Testing
import ThrowawayPostgres

@testable import Processor

@Suite("The recorder")
struct RecorderTests {
    @Test("one result that Postgres cannot store costs its own request, and the rest of the group is recorded")
    func poison() async throws {
        let postgres = try await ThrowawayPostgres.start()
        let store = try await Store.connect(PostgresConfiguration(connectionString: postgres.connectionString))
        _ = try await store.migrate()
        let identity = Store.RunIdentity(
            host: "h",
            processID: 1,
            version: "1",
            environment: "sandbox",
            actor: "test"
        )
        let run = try await store.beginRun(identity, lease: .seconds(60)).id
        for number in 1...40 {
            _ = try await store.submit(Submission(right: .access, subject: SubjectID("c\(number)")))
        }
        var tally = RunTally()
        let admission = Admission(deadlines: DeadlineRules(zone: .gmt))
        let link = DatabaseLink(store: store, patience: .zero, stop: RunStop())
        _ = try await Intake(link: link, run: run, scope: .all, admission: admission, subjectKey: nil).admit(&tally)
        let claimed = try await store.claim(run: run, after: .start, limit: 100).requests
        #expect(claimed.count == 40)

        let recorder = Recorder(link: link, run: run)
        let poisoned: Set<Int64> = [7, 23]
        let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
            for request in claimed {
                group.addTask {
                    let reason = poisoned.contains(request.id) ? "a\u{0}b" : nil
                    return try await recorder.record(
                        ClaimResult(
                            of: request.id,
                            claim: request.claimNumber,
                            state: .completed,
                            outcome: .exported,
                            reason: reason
                        )
                    )
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }

        #expect(accepted == 40)
        let failed = try await store.requests(state: .failed, limit: 100)
        #expect(Set(failed.map(\.id)) == poisoned)
        #expect(failed.allSatisfy { $0.reason?.contains("cannot be stored") == true && $0.outcome == nil })
        #expect(try await store.requests(state: .completed, limit: 100).count == 38)
        await store.close()
        await postgres.stop()
    }
}
