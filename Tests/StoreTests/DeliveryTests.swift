import Foundation
import Store
import SubjectRequests
import Testing

@Suite("Delivery")
struct DeliveryTests {
    /// Two requests with two documents each.
    private func answered(in database: Database, run: Int64) async throws -> [Int64] {
        for number in 1...2 { try await database.submit(.access, "customer-\(number)") }
        try await database.admit(run)
        let requests = try await database.claim(run)
        let results = requests.map { request in
            completion(
                of: request,
                documents: ["a", "b"].map { document("\($0).txt", of: request.id, "\(request.id)\($0)") }
            )
        }
        _ = try await database.store.record(results, run: run)
        return requests.map(\.id)
    }

    @Test("documents come one at a time, each once, all of them or one request's")
    func paging() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let requests = try await answered(in: database, run: run)
        #expect(try await database.store.undeliveredCount() == 4)
        func names(of request: Int64?) async throws -> [String] {
            var names: [String] = []
            var last: Int64 = 0
            while let next = try await database.nextUndelivered(after: last, request: request) {
                #expect(next.id > last)
                #expect(!next.content.isEmpty)
                names.append(next.fileName)
                last = next.id
            }
            return names
        }
        #expect(try await Set(names(of: nil)).count == 4)
        #expect(try await names(of: requests[1]) == ["a", "b"].map { "000000-request-\(requests[1])-\($0).txt" })
    }

    @Test("a page has at most so many documents and so many bytes, and at least one document")
    func pages() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let requests = try await answered(in: database, run: run)
        // Each document has two bytes.
        for (count, bytes, expected) in [(9, 100, 4), (3, 100, 3), (9, 7, 3), (9, 4, 2), (9, 1, 1)]
            as [(Int, Int64, Int)]
        {
            let page = try await database.store.undelivered(after: 0, count: count, bytes: bytes)
            #expect(page.count == expected && page.map(\.id) == page.map(\.id).sorted(), "\(count), \(bytes)")
        }
        let all = try await database.store.undelivered(after: 0, count: 9, bytes: 100)
        let rest = try await database.store.undelivered(after: all[1].id, request: requests[1], count: 9, bytes: 100)
        #expect(rest.map(\.fileName) == ["a", "b"].map { "000000-request-\(requests[1])-\($0).txt" })
        #expect(try await database.store.undelivered(after: all[3].id, count: 9, bytes: 100).isEmpty)
    }

    @Test("a document is marked as delivered once, with one leaf")
    func idempotent() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let requests = try await answered(in: database, run: run)
        let first = try #require(try await database.nextUndelivered(after: 0))
        let size = try await database.logSize()
        for _ in 1...2 { try await database.store.markDelivered([first.id, 4_711], keepDays: 30, by: .run(run)) }
        #expect(try await database.logSize() == size + 1)
        #expect(try await database.store.undeliveredCount() == 3)
        let entry = try #require(try await database.entries().last)
        let summary = try #require(try await database.store.documents(of: requests[0]).first)
        #expect(entry.event == "delivered" && entry.request == requests[0])
        #expect(entry.reports?.map(\.name) == [first.fileName])
        #expect(Data(hex: entry.reports?.first?.sha256 ?? "") == summary.sha256)
        // There was no erasure, so the content stays.
        #expect(summary.hasContent && summary.deliveredAt != nil)
        try await database.store.markDelivered([], keepDays: 30, by: .run(run))
        #expect(try await database.logSize() == size + 1)
        try await database.expectSoundEvidence()
    }

    @Test("two processes that deliver the same document leave one leaf")
    func concurrently() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        _ = try await answered(in: database, run: run)
        let ids = try await database.texts("select id from dsr.reports").compactMap { $0.flatMap { Int64($0) } }
        try await withThrowingTaskGroup { group in
            for _ in 1...3 {
                let store = try await database.anotherStore()
                group.addTask { try await store.markDelivered(ids, keepDays: 30, by: .run(run)) }
            }
            try await group.waitForAll()
        }
        #expect(try await database.entries().filter { $0.event == "delivered" }.count == 4)
    }
}
