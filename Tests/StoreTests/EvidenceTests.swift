import Foundation
import Postgres
import Store
import SubjectRequests
import Testing

@Suite("Evidence")
struct EvidenceTests {
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
            let results = claimed.map { completion(of: $0, documents: [document("r.txt", of: $0.id)]) }
            #expect(try await database.store.record(results, run: run).count == results.count)
            for request in claimed {
                let document = try #require(try await database.nextUndelivered(after: 0, request: request.id))
                try await database.store.markDelivered([document.id], keepDays: 30, by: .run(run))
            }
        }
    }

    @Test("an entry of more than 65,535 bytes is refused, and nothing else is written with it")
    func longEntry() async throws {
        let database = try await Database.fresh()
        func append(_ bytes: Int) async throws {
            try await database.run(
                """
                select dsr.append_evidence(json_build_array(
                    dsr.leaf('braked', '{}'::jsonb),
                    dsr.leaf('braked', jsonb_build_object('reason', repeat('x', \(bytes))))), null)
                """
            )
        }
        let error = try await #require(throws: PostgresError.self) { try await append(65_536) }
        #expect(error.sqlState == "54000")
        #expect("\(error)".contains("evidence_entry_has_at_most_65535_bytes"), "\(error)")
        #expect(try await database.logSize() == 0)
        try await append(65_300)
        #expect(try await database.logSize() == 2)
    }

    @Test("a list in an entry that grows without bound is cut, and says how many more there are")
    func boundedList() async throws {
        let database = try await Database.fresh()
        let lists = try await database.texts(
            """
            select dsr.bounded_list(list)::text from (values
                ('["a", "b"]'::jsonb),
                ((select jsonb_agg(repeat('x', 98)) from generate_series(1, 1000))),
                (jsonb_build_array(repeat('x', 100000)))) as v (list)
            """
        ).map { $0 ?? "" }
        #expect(lists[0] == #"["a", "b"]"#)
        #expect(lists[1].hasSuffix(#""and 920 more"]"#) && lists[1].utf8.count < 8_300, "\(lists[1].suffix(40))")
        #expect(lists[2] == #"["and 1 more"]"#)
    }

    @Test("of a checkpoint only its filing can be added, once")
    func filing() async throws {
        let database = try await Database.fresh()
        try await database.run("insert into dsr.evidence_checkpoints (size, note) values (1, 'x')")
        #expect(try await database.store.lastFiledSize() == nil)
        try await database.store.markFiled(1)
        try await database.store.markFiled(1)
        #expect(try await database.store.lastFiledSize() == 1)
        for meddling in ["filed_at = null", "filed_at = now()", "size = 2", "note = 'y'", "signed_at = now()"] {
            await #expect(throws: PostgresError.self, "\(meddling)") {
                try await database.run("update dsr.evidence_checkpoints set \(meddling)")
            }
        }
    }

    @Test(
        "no statement, not even the owner's, changes or removes what is in the log while the triggers are on",
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
