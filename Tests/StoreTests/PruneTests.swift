import Foundation
import SubjectRequests
import Testing

@testable import Store

@Suite("Retention of the evidence")
struct PruneTests {
    @Test("payloads go as far as the first request that is still open, and a leaf says so")
    func prune() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let ended = try await database.ready(.access, "customer-1", run: run)
        let request = try #require(try await database.claim(run).first)
        _ = try await database.store.record(
            [request.completed(.noData([]))],
            run: run
        )
        let open = try await database.ready(.access, "customer-2", run: run)
        let firstOpen = try #require(try await database.store.leaves(of: open).first).index

        let future = Date().addingTimeInterval(3_600)
        #expect(try await database.store.pruneEvidence(before: .distantPast, reason: "R", actor: "t").dropped == 0)
        let pruned = try await database.store.pruneEvidence(before: future, reason: "R", actor: "t")
        #expect(pruned.before == firstOpen && pruned.dropped == firstOpen)
        #expect(try await database.store.leaves(of: open).isEmpty == false)
        #expect(try await database.store.leaves(of: ended).isEmpty)
        let last = try #require(try await database.entries().last)
        #expect(last.event == "purged")
        #expect(try await database.store.pruneEvidence(before: future, reason: "R", actor: "t").dropped == 0)
    }
}
