import Crypto
import Foundation
import Store
import SubjectRequests
import Testing

@Suite("Admission into the queue")
struct AdmitTests {
    @Test("new rows come page by page, in the order of their arrival, and no more once they are admitted")
    func paging() async throws {
        let database = try await Database.fresh()
        var ids: [Int64] = []
        for number in 1...5 { ids.append(try await database.submit(.access, "customer-\(number)")) }
        var seen: [Int64] = []
        while true {
            let page = try await database.store.newRequests(after: seen.last ?? 0, limit: 2)
            if page.isEmpty { break }
            #expect(page.count <= 2)
            seen += page.map(\.id)
        }
        #expect(seen == ids)
        #expect(try await database.store.newRequests(after: 0, only: ids[2], limit: 2).map(\.id) == [ids[2]])
        try await database.admit(try await database.begin())
        #expect(try await database.store.newRequests(after: 0, limit: 10).isEmpty)
    }

    @Test("admission sets the deadline, and commits to the subject by salt and hash")
    func commitment() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let receivedAt = try Date("2026-01-31T12:00:00Z", strategy: .iso8601)
        let id = try await database.submit(.access, "ada@example.com", receivedAt: receivedAt, ticket: "HD-1")
        let same = try await database.submit(.portability, "ada@example.com")
        let counts = try await database.admit(run)
        #expect(counts.readyWaitingRefused == [1, 1, 0])
        #expect(try await database.column("answer_by", of: id) == "2026-02-28")
        #expect(try await database.column("admitted_at is not null", of: id) == "true")

        let salt = try #require(
            try await database.text("select encode(salt, 'hex') from dsr.request_salts where request_id = $1", id)
        )
        let digest = SHA256.hash(data: try #require(Data(hex: salt)) + Data("ada@example.com".utf8))
        let commitment = digest.map { String(format: "%02x", $0) }.joined()
        #expect(try await database.column("encode(subject_commitment, 'hex')", of: id) == commitment)

        #expect(try await database.events(of: id) == ["received", "admitted"])
        let entry = try #require(try await database.entries(of: id).last)
        #expect(entry.event == "admitted" && entry.request == id && entry.right == "access")
        #expect(entry.subject == commitment && entry.ticket == "HD-1" && entry.run == run)
        #expect(entry.environment == "sandbox" && entry.version == "1.0" && entry.actor == "tests")
        // The same subject twice: the evidence does not reveal it.
        #expect(try await database.entries(of: same).last?.subject != commitment)
        try await database.expectSoundEvidence()
    }

    @Test("a malformed row is refused with its reason, and its unknown kind stays out of the evidence")
    func malformed() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        try await database.run(
            """
            drop trigger check_new_request on dsr.subject_requests;
            insert into dsr.subject_requests (kind, integration_id) values ('canary-kind', 'customer-42'), ('access', '..')
            """
        )
        let good = try await database.submit(.access, "customer-43")
        let counts = try await database.admit(run)
        #expect(counts.readyWaitingRefused == [1, 0, 2])
        let refused = try await database.store.requests(state: .refused, limit: 10)
        #expect(refused.count == 2)
        #expect(refused.allSatisfy { $0.finishedAt != nil && $0.run == run && $0.commitment == nil })
        #expect(refused.map { $0.reason?.contains("kind is unknown") } == [true, false])
        #expect(try await database.number("select count(*) from dsr.request_salts") == 1)
        #expect(try await database.store.requests(needingAction: true, limit: 10).map(\.id) == refused.map(\.id))
        for row in refused {
            let entry = try #require(try await database.entries(of: row.id).last)
            #expect(entry.event == "refused" && entry.subject == nil)
        }
        let entries = try await database.entries()
        #expect(Set(entries.map(\.right)) == [nil, "access"])
        let payloads = "select count(*) from dsr.evidence_payloads where convert_from(payload, 'UTF8') like '%canary%'"
        #expect(try await database.number(payloads) == 0)
        #expect(try await database.events(of: good) == ["received", "admitted"])
    }

    @Test("two processes that admit the same rows at once admit each row once")
    func concurrently() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        for number in 1...200 { try await database.submit(.access, "customer-\(number)") }
        let rows = try await database.store.newRequests(after: 0, limit: 1_000)
        let counts = try await withThrowingTaskGroup { group in
            for _ in 1...3 {
                let store = try await database.anotherStore()
                group.addTask {
                    var ready = 0
                    // Small batches, so that they overlap.
                    for start in stride(from: 0, to: rows.count, by: 20) {
                        let batch = Database.verdicts(on: Array(rows[start..<start + 20]))
                        ready += try await store.admit(batch, by: .run(run)).ready
                    }
                    return ready
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts.reduce(0, +) == 200)
        #expect(try await database.number("select count(*) from dsr.request_salts") == 200)
        #expect(try await database.logSize() == 400)
        try await database.expectSoundEvidence()
    }

    @Test("an empty batch changes nothing")
    func nothing() async throws {
        let database = try await Database.fresh()
        let counts = try await database.store.admit([], by: .run(try await database.begin()))
        #expect(counts.readyWaitingRefused == [0, 0, 0])
        #expect(try await database.logSize() == 0)
    }
}
