import Foundation
import Postgres
import Store
import SubjectRequests
import Testing

@Suite("Evidence")
struct EvidenceTests {
    private static let keys = [
        "v", "index", "time", "event", "request", "right", "received_at", "answer_by", "claim", "state", "outcome",
        "waiting_for", "calls", "remains", "reports",
        "ticket", "subject", "run", "environment", "version", "actor",
    ]

    @Test("the log has no gap and every hash is true after many connections have written at once")
    func concurrently() async throws {
        let database = try await Database.fresh()
        try await withThrowingTaskGroup { group in
            for number in 1...8 {
                let connection = try await database.connection()
                let run = try await database.begin()
                let other = Database(
                    connectionString: database.connectionString,
                    store: Store(connection: connection),
                    raw: database.raw
                )
                group.addTask { try await Self.work(other, number, run) }
            }
            try await group.waitForAll()
        }
        try await database.expectSoundEvidence()
        // Every request's history is whole.
        #expect(try await database.number("select count(*) from dsr.subject_requests where state = 'completed'") == 160)
        let histories = try await database.texts(
            """
            select distinct string_agg(
                convert_from(p.payload, 'UTF8')::json ->> 'event', ' ' order by l.index)
            from dsr.evidence_leaves l join dsr.evidence_payloads p using (index)
            where l.request_id is not null group by l.request_id
            """
        )
        #expect(histories == ["received admitted claimed recorded delivered"])
        #expect(try await database.logSize() == 800)
    }

    private static func work(_ database: Database, _ number: Int, _ run: Int64) async throws {
        for turn in 1...20 { try await database.submit(.access, "canary-\(number)-\(turn)") }
        while try await !database.store.newRequests(after: 0, limit: 1).isEmpty { try await database.admit(run) }
        while true {
            let claimed = try await database.claim(run, limit: 7)
            if claimed.isEmpty { break }
            let results = claimed.map { completion(of: $0, documents: [document("r-\($0.id)")]) }
            #expect(try await database.store.record(results, run: run).count == results.count)
            for request in claimed {
                let document = try #require(try await database.store.nextUndelivered(after: 0, request: request.id))
                try await database.store.markDelivered([document.id], by: .run(run))
            }
        }
    }

    @Test("a payload has its keys in a fixed order, no nulls, and never the person")
    func payloads() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        // One of each event: admitted, waiting, refused, claimed, returned, recorded, ready, lease_lost, delivered.
        try await database.submit(.access, "canary@example.com", ticket: "HD-1")
        try await database.submit(.erasure, "canary@example.com")
        try await database.run(
            """
            alter table dsr.subject_requests disable trigger check_new_request;
            insert into dsr.subject_requests (kind, integration_id) values ('canary', 'canary@example.com')
            """
        )
        try await database.admit(run)
        let access = try #require(try await database.claim(run).first)
        _ = try await database.store.record([ClaimResult(of: access.id, claim: 1, state: .pending)], run: run)
        let again = try #require(try await database.claim(run).first)
        _ = try await database.store.record([completion(of: again, documents: [document("a")])], run: run)
        #expect(try await database.store.releaseWaiting(run: run).opened == 1)
        let erasure = try #require(try await database.claim(run).first)
        try await database.lapse(run)
        let next = try await database.begin()
        #expect(try await database.store.rescue(run: next).returned == 1)
        let last = try #require(try await database.claim(only: erasure.id, run: next))
        _ = try await database.store.record([completion(of: last, forgets: true)], run: next)
        let undelivered = try #require(try await database.store.nextUndelivered(after: 0))
        try await database.store.markDelivered([undelivered.id], by: .run(next))

        let events = Set(try await database.entries().map(\.event))
        #expect(
            events == [
                "received", "admitted", "waiting", "refused", "claimed", "returned", "recorded", "ready", "lease_lost",
                "delivered",
            ]
        )
        let payloads = try await database.texts("select convert_from(payload, 'UTF8') from dsr.evidence_payloads")
        #expect(payloads.allSatisfy { $0?.contains("canary") == false && $0?.contains("null") == false })
        let orders = try await database.texts(
            """
            select (select string_agg(k, ' ') from json_object_keys(convert_from(payload, 'UTF8')::json) k)
            from dsr.evidence_payloads
            """
        )
        for order in orders {
            let found = (order ?? "").split(separator: " ").map(String.init)
            #expect(found == Self.keys.filter(found.contains), "\(found)")
            #expect(
                Set(["index", "time", "event", "request", "run", "environment", "version", "actor"]).isSubset(of: found)
            )
        }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let instants = try await database.entries().map { try style.parse($0.time) }
        #expect(instants == instants.sorted() && instants.allSatisfy { abs($0.timeIntervalSinceNow) < 600 })
        try await database.expectSoundEvidence()
    }

    @Test(
        "nobody, not even the owner, changes or removes what is in the log",
        arguments: [
            "update dsr.evidence_leaves set leaf_hash = sha256('')",
            "update dsr.evidence_leaves set request_id = null where false",
            "delete from dsr.evidence_leaves",
            "truncate dsr.evidence_leaves cascade",
            "update dsr.evidence_payloads set payload = ''",
            "delete from dsr.evidence_payloads",
            "truncate dsr.evidence_payloads",
            "delete from dsr.evidence_head",
            "truncate dsr.evidence_head",
            "update dsr.evidence_head set size = 0",
            "update dsr.evidence_head set size = size - 1",
            "update dsr.evidence_head set size = size + 1",
            "insert into dsr.evidence_head (size) values (0)",
        ]
    )
    func appendOnly(meddling: String) async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.access, "customer-42", run: run)
        let error = try await #require(throws: PostgresError.self) { try await database.run(meddling) }
        #expect(error.sqlState?.hasPrefix("23") == true)
        #expect(try await database.claim(run).map(\.id) == [id])
        #expect(try await database.logSize() == 3)
        try await database.expectSoundEvidence()
    }
}
