import Foundation
import Postgres
import SubjectRequests
import Testing

@testable import Store

@Suite("The plan of a claim")
struct ClaimPlanTests {
    /// When the table was last analyzed. A night's rows are often all admitted since then.
    enum Statistics {
        case none, beforeAdmission, current
    }

    @Test(
        "a claim from a long queue walks the index of claimable rows, and sorts nothing to find them",
        arguments: [
            ("force_generic_plan", .none), ("force_generic_plan", .beforeAdmission), ("force_generic_plan", .current),
            ("force_custom_plan", .beforeAdmission), ("force_custom_plan", .current),
        ] as [(String, Statistics)]
    )
    func usesIndex(mode: String, statistics: Statistics) async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        try await database.run("alter table dsr.subject_requests set (autovacuum_enabled = off)")
        try await database.submit(.access, customers: 20_000)
        if statistics == .beforeAdmission { try await database.run("analyze dsr.subject_requests") }
        try await admitAll(in: database)
        if statistics == .current { try await database.run("analyze dsr.subject_requests") }

        let connection = try await database.connection()
        try await connection.run(script: "set plan_cache_mode = \(mode)", named: "plan mode")
        let after = ClaimCursor(answerBy: CivilDate(Date(), in: .gmt).adding(days: 4), id: 100)
        let (sequential, fetched) = try await connection.transaction { connection in
            try connection.query(
                ClaimStatements.claim,
                run,
                Int64?.none,
                64,
                after.answerBy,
                after.id,
                false,
                false,
                false,
                [String]()
            )
            let seen = try connection.query(Self.accesses)[0]
            return (try seen.decode("sequential", as: Int.self), try seen.decode("fetched", as: Int.self))
        }
        #expect(sequential == 0)
        // A few rows for each that is claimed, and not those before the cursor or after the last.
        #expect((64..<1_000).contains(fetched), "\(fetched)")
    }

    private static let accesses = Statement(
        "look",
        """
        select sum(seq_scan)::bigint as sequential, sum(coalesce(idx_tup_fetch, 0))::bigint as fetched
        from pg_stat_xact_user_tables where schemaname = 'dsr' and relname = 'subject_requests'
        """
    )

    /// Admits all rows, faster than a run does.
    private func admitAll(in database: Database) async throws {
        try await database.run(
            """
            insert into dsr.request_salts select id, sha256('salt') from dsr.subject_requests;
            update dsr.subject_requests set
                admitted_at = now(), answer_by = received_at::date + (id % 30)::int,
                subject_commitment = sha256(sha256('salt') || convert_to(integration_id, 'UTF8'))
            """
        )
    }

    @Test("while an open transaction blocks vacuum, late claims read no more pages than early ones")
    func heldSnapshot() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        try await database.submit(.access, customers: 5_000)
        try await admitAll(in: database)
        try await database.run("vacuum analyze dsr.subject_requests")
        let forgotten = try await database.connection()
        try await forgotten.run(
            script: "begin isolation level repeatable read; select from dsr.subject_requests limit 1",
            named: "forget"
        )
        let connection = try await database.connection()
        let early = try await Self.pagesTouched(on: connection, run: run, after: .start)
        var cursor = ClaimCursor.start
        for _ in 1...16 {
            let group = try await database.store.claim(ClaimQuery(cursor: cursor, limit: 500, scope: .all), run: run)
            let results = group.requests.map { completion(of: $0) }
            #expect(try await database.store.record(results, run: run).count == group.requests.count)
            cursor = group.cursor
        }
        let late = try await Self.pagesTouched(on: connection, run: run, after: cursor)
        #expect(late < early * 3, "\(early) pages early, \(late) late")
        // What it would be if each claim began at the front again.
        let fromFront = try await Self.pagesTouched(on: connection, run: run, after: .start)
        #expect(fromFront > late * 3, "\(late) pages with the cursor, \(fromFront) without")
        await forgotten.close()
    }

    /// Pages of tables and indexes that a claim of one request touches.
    private static func pagesTouched(
        on connection: PostgresConnection,
        run: Int64,
        after cursor: ClaimCursor
    ) async throws -> Int {
        let store = Store(connection: connection)
        _ = try await store.claim(ClaimQuery(cursor: cursor, limit: 1, scope: .all), run: run)
        let explain = Statement(
            "explain",
            """
            explain (analyze, buffers, timing off, format json)
            select * from dsr.claim(\(run), null, 1, '\(cursor.answerBy)', \(cursor.id), false, false, false, '{}')
            """
        )
        let plan = try await connection.query(explain)[0].decode("QUERY PLAN", as: String.self)
        let tree = try JSONSerialization.jsonObject(with: Data(plan.utf8)) as? [[String: Any]]
        let root = try #require(tree?.first?["Plan"] as? [String: Any])
        let fromDisk = root["Shared Read Blocks"] as? Int ?? 0
        return try #require(root["Shared Hit Blocks"] as? Int) + fromDisk
    }
}
