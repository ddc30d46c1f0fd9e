import Foundation
import Store
import SubjectRequests
import Testing

@Suite("Several claimers")
struct ClaimConcurrencyTests {
    @Test("concurrent claimers share the queue, and no row is claimed twice")
    func disjoint() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        for number in 1...500 {
            let receivedAt = Date.now - Double(number % 7) * 86_400
            try await database.submit(.access, "customer-\(number)", receivedAt: receivedAt)
        }
        try await database.admit(run)
        let shares = try await withThrowingTaskGroup { group in
            for _ in 1...2 {
                let store = try await database.anotherStore()
                let run = try await database.begin()
                group.addTask { try await Self.claimAll(store, run: run) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        // A row that the other had locked while this one passed is for the next pass.
        let left = try await database.claim(run).map(\.id)
        #expect(Set(shares.joined()).union(left).count == 500)
        #expect(shares.map(\.count).reduce(left.count, +) == 500)
        #expect(try await database.number("select count(*) from dsr.subject_requests where claim_no <> 1") == 0)
        #expect(try await database.logSize() == 1_500)
        try await database.expectSoundEvidence()
    }

    private static func claimAll(_ store: Store, run: Int64) async throws -> [Int64] {
        var ids: [Int64] = []
        var cursor = ClaimCursor.start
        while true {
            let group = try await store.claim(ClaimQuery(cursor: cursor, limit: 7, scope: .all), run: run)
            if group.requests.isEmpty { return ids }
            ids += group.requests.map(\.id)
            cursor = group.cursor
        }
    }

    @Test("no two requests of one subject are ever claimed at the same time")
    func onePersonAtATime() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        // With this index, a second running row of a subject makes the claim fail.
        try await database.run(
            "create unique index one_at_a_time on dsr.subject_requests (integration_id) where state = 'running'"
        )
        for number in 1...200 {
            try await database.submit(number % 4 == 0 ? .erasure : .access, "customer-\(number % 20)")
        }
        try await database.admit(run)
        try await withThrowingTaskGroup { group in
            for _ in 1...3 {
                let store = try await database.anotherStore()
                let run = try await database.begin()
                group.addTask { try await Self.answerAll(store, run: run) }
            }
            try await group.waitForAll()
        }
        #expect(try await database.store.openRequests().isEmpty)
        #expect(try await database.number("select count(*) from dsr.subject_requests where state = 'completed'") == 200)
        try await database.expectSoundEvidence()
    }

    private static func answerAll(_ store: Store, run: Int64) async throws {
        while try await !store.openRequests().isEmpty {
            for request in try await store.claim(ClaimQuery(limit: 5, scope: .all), run: run).requests {
                let result = completion(of: request)
                #expect(try await store.record([result], run: run) == [request.id])
            }
            _ = try await store.releaseWaiting(run: run)
        }
    }
}
