import Foundation
import Postgres
import Store
import SubjectRequests
import Testing

@Suite("What a final erasure forgets")
struct ForgettingTests {
    /// A subject with an answered access, delivered or not, whose erasure is claimed.
    private func erasureAfterAccess(
        in database: Database,
        run: Int64,
        isDelivered: Bool,
        content: String = "content"
    ) async throws -> (access: Int64, erasure: SubjectRequest) {
        // The requester can be the subject.
        let access = try await database.submit(.access, "canary-42", requestedBy: "canary-42 herself")
        try await database.admit(run)
        let claimed = try #require(try await database.claim(only: access, run: run))
        let result = completion(of: claimed, documents: [document("access.txt", of: access, content)])
        #expect(try await database.store.record([result], run: run) == [access])
        if isDelivered {
            let document = try #require(try await database.nextUndelivered(after: 0, request: access))
            try await database.store.markDelivered([document.id], keepDays: 30, by: .run(run))
        }
        let erasure = try await database.submit(.erasure, "canary-42", requestedBy: "canary-42 herself")
        try await database.admit(run)
        return (access, try #require(try await database.claim(only: erasure, run: run)))
    }

    @Test("the identifier, requester and salts of the subject's closed requests are deleted, and no other subject's")
    func identifier() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let other = try await database.ready(.access, "customer-1", run: run)
        let otherClaim = try #require(try await database.claim(only: other, run: run))
        _ = try await database.store.record([completion(of: otherClaim)], run: run)
        let (access, erasure) = try await erasureAfterAccess(in: database, run: run, isDelivered: true)
        // Open still, and to be answered under the name it came with.
        let later = try await database.ready(.access, "canary-42", run: run)

        #expect(try await database.store.record([completion(of: erasure)], run: run) == [erasure.id])
        for id in [access, erasure.id] {
            #expect(try await database.column("integration_id", of: id) == nil)
            #expect(try await database.column("requested_by", of: id) == nil)
            #expect(try await database.column("subject_commitment is not null", of: id) == "true")
        }
        #expect(try await database.column("integration_id", of: other) == "customer-1")
        #expect(try await database.column("integration_id", of: later) == "canary-42")
        let salted = try await database.texts("select request_id from dsr.request_salts order by 1")
        #expect(salted == ["\(other)", "\(later)"])
        #expect(try await database.store.releaseWaiting(run: run).opened == 1)
    }

    @Test("an erasure that is not final forgets nothing")
    func notFinal() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let (access, erasure) = try await erasureAfterAccess(in: database, run: run, isDelivered: true)
        let result = erasure.failed(.residualData(["profile"]), reason: "Something is left.")
        #expect(try await database.store.record([result], run: run) == [erasure.id])
        #expect(try await database.column("integration_id", of: access) == "canary-42")
        #expect(try await database.number("select count(*) from dsr.request_salts") == 2)
        #expect(try await database.store.content(ofDocument: "request-\(access)-access.txt") != nil)
    }

    @Test("a delivered answer loses its content at once, an undelivered one when it is delivered")
    func answers() async throws {
        for isDelivered in [true, false] {
            let database = try await Database.fresh()
            let run = try await database.begin()
            let (access, erasure) = try await erasureAfterAccess(in: database, run: run, isDelivered: isDelivered)
            let result = completion(of: erasure, documents: [document("confirmation.txt", of: erasure.id)])
            _ = try await database.store.record([result], run: run)
            #expect(
                (try await database.store.content(ofDocument: "request-\(access)-access.txt") == nil) == isDelivered
            )
            #expect(try await database.store.undeliveredCount() == (isDelivered ? 1 : 2))

            let ids = try await database.texts("select id from dsr.reports where delivered_at is null")
            try await database.store.markDelivered(
                ids.compactMap { $0.flatMap { Int64($0) } },
                keepDays: 30,
                by: .run(run)
            )
            #expect(try await database.store.content(ofDocument: "request-\(access)-access.txt") == nil)
            // The row stays and says what there was; the confirmation stays as it is.
            let summary = try #require(try await database.store.documents(of: access).first)
            #expect(summary.byteCount == 7 && !summary.hasContent && summary.deliveredAt != nil)
            #expect(try await database.store.content(ofDocument: "request-\(erasure.id)-confirmation.txt") != nil)
        }
    }

    @Test("a document that is delivered while its subject is erased loses its content too")
    func race() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let (access, erasure) = try await erasureAfterAccess(in: database, run: run, isDelivered: false)
        let undelivered = try #require(try await database.nextUndelivered(after: 0))
        let deliverer = try await database.anotherStore()
        let blocker = try await database.connection()

        // Both have begun when the log's lock is released.
        try await blocker.run(script: "begin; select from dsr.evidence_head for update", named: "block")
        async let delivered: Void = deliverer.markDelivered([undelivered.id], keepDays: 30, by: .run(run))
        try await database.waitUntilBlocked(1)
        async let recorded = database.store.record([completion(of: erasure)], run: run)
        try await database.waitUntilBlocked(2)
        try await blocker.run(script: "commit", named: "release")
        try await delivered
        #expect(try await recorded == [erasure.id])
        #expect(try await database.store.content(ofDocument: "request-\(access)-access.txt") == nil)
    }

    @Test("after an erasure and the delivery of all documents, no table holds the subject")
    func canary() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let (_, erasure) = try await erasureAfterAccess(
            in: database,
            run: run,
            isDelivered: false,
            content: "canary-42 is Ada"
        )
        #expect(try await tablesThatHoldTheCanary(in: database) == ["reports", "subject_requests"])
        _ = try await database.store.record([completion(of: erasure)], run: run)
        while let document = try await database.nextUndelivered(after: 0) {
            try await database.store.markDelivered([document.id], keepDays: 30, by: .run(run))
        }
        #expect(try await tablesThatHoldTheCanary(in: database) == [])
        try await database.expectSoundEvidence()
    }

    /// The tables in which a row's text, or the hexadecimal text of its bytes, holds the canary.
    private func tablesThatHoldTheCanary(in database: Database) async throws -> [String] {
        let hex = Data("canary".utf8).map { String(format: "%02x", $0) }.joined()
        var found: [String] = []
        for table in try await database.texts("select tablename from pg_tables where schemaname = 'dsr' order by 1") {
            let name = try #require(table)
            let count = try await database.number(
                "select count(*) from dsr.\(name) t where t::text like '%canary%' or t::text like '%\(hex)%'"
            )
            if count != 0 { found.append(name) }
        }
        return found
    }
}
