import Foundation
import Postgres
import Store
import SubjectRequests
import Testing

@Suite("Counts of the queue")
struct QueueCountTests {
    @Test("after any changes, by statements and by plain SQL, the counts are those of the rows", arguments: 1...4)
    func randomWalk(seed: UInt64) async throws {
        let database = try await Database.fresh()
        var random = SplitMix(state: seed)
        var run = try await database.begin()
        for step in 1...120 {
            try await change(database, &run, &random)
            guard step.isMultiple(of: 6) else { continue }
            let (queue, closedByRun) = try await database.store.queueSnapshot(closedBy: run)
            let found = try await counts(database, run: run)
            #expect(Counts(queue, closedByRun) == found, "seed \(seed), step \(step)")
        }
        // The walk has reached most states.
        let states = try await database.texts("select distinct state from dsr.subject_requests")
        #expect(states.count >= 4, "\(states)")
        try await database.expectSoundEvidence()
    }

    /// One random change.
    private func change(_ database: Database, _ run: inout Int64, _ random: inout SplitMix) async throws {
        let store = database.store
        switch Int.random(in: 0..<11, using: &random) {
        case 0, 1:
            let right: Right = Bool.random(using: &random) ? .erasure : .access
            for _ in 1...3 { try await database.submit(right, "customer-\(Int.random(in: 1...30, using: &random))") }
        case 2:
            let gates = GateRules(approvesErasures: Bool.random(using: &random))
            try await database.admit(run, gates: gates)
        case 3, 4:
            var resolutions: [Resolution] = []
            for request in try await database.claim(run, limit: 4) {
                switch Int.random(in: 0..<6, using: &random) {
                case 0, 1: resolutions.append(completion(of: request))
                case 2: resolutions.append(request.failed(nil, reason: "No."))
                case 3: resolutions.append(request.returned(.init(wait: .seconds(600))))
                case 4: resolutions.append(request.claim.refused(InvalidRequest("it is malformed")))
                default: break
                }
            }
            _ = try await store.record(resolutions, run: run)
        case 5:
            _ = try await store.releaseWaiting(run: run, isBraked: Bool.random(using: &random))
        case 6:
            try await database.lapse(run)
            run = try await database.begin()
            _ = try await store.rescue(run: run)
        case 7:
            let request = try await database.text("select id from dsr.subject_requests order by random() limit 1")
            guard let request = request.flatMap({ Int64($0) }) else { return }
            let decision: Decision =
                [
                    .cancelled, .retried, .refused(.unfounded, toldOn: nil), .approved,
                ].randomElement(using: &random) ?? .cancelled
            _ = try await GateTests.decide(decision, on: request, in: database)
        case 8:
            try await database.run(
                """
                update dsr.subject_requests set state = 'cancelled', waiting_for = null, finished_at = now()
                where id in (select id from dsr.subject_requests where state in ('pending', 'waiting')
                             and not may_have_acted order by random() limit 2)
                """
            )
        case 9:
            try await database.run(
                """
                update dsr.subject_requests set state = 'pending'
                where id = (select id from dsr.subject_requests where state = 'running' order by random() limit 1);
                update dsr.subject_requests set state = 'pending', finished_at = null
                where id = (select id from dsr.subject_requests where state = 'failed' and integration_id is not null
                            order by random() limit 1)
                """
            )
        default:
            // A row that nothing refers to can be deleted.
            try await database.run(
                """
                delete from dsr.subject_requests
                where id in (select id from dsr.subject_requests r
                             where admitted_at is null order by random() limit 1)
                """
            )
        }
    }

    private struct Counts: Equatable {
        var total = 0, closed = 0, running = 0, ready = 0, later = 0, closedByRun = 0
        var waiting: [Gate: Int] = [:]

        init(_ queue: QueueSnapshot, _ closedByRun: Int) {
            (total, closed, running) = (queue.total, queue.closed, queue.running)
            (ready, later, waiting) = (queue.ready, queue.later, queue.waiting)
            self.closedByRun = closedByRun
        }
    }

    /// The same counts, of all rows.
    private func counts(_ database: Database, run: Int64) async throws -> Counts {
        func count(_ condition: String) async throws -> Int {
            try #require(try await database.number("select count(*) from dsr.subject_requests where \(condition)"))
        }
        var queue = QueueSnapshot()
        queue.total = try await count("true")
        queue.closed = try await count("finished_at is not null")
        queue.running = try await count("state = 'running'")
        queue.later = try await count("state = 'pending' and not_before > now()")
        queue.ready = try await count("state = 'pending'") - queue.later
        for gate in Gate.allCases {
            let waiting = try await count("waiting_for = '\(gate.rawValue)'")
            if waiting > 0 { queue.waiting[gate] = waiting }
        }
        return Counts(queue, try await count("run_id = \(run) and finished_at is not null"))
    }

    @Test("to begin a run, count the queue and end it reads no more rows of a long history than of a short one")
    func historyIsFree() async throws {
        let database = try await Database.fresh()
        let first = try await database.begin()
        for number in 1...5 { _ = try await database.ready(.access, "open-\(number)", run: first) }
        try await addClosedRequests(20, to: database)
        let short = try await rowsRead(in: database)
        try await addClosedRequests(5_000, to: database)
        let long = try await rowsRead(in: database)
        // With a short history the planner may scan the whole table.
        #expect(short > 0 && long <= short, "\(short) rows with a short history, \(long) with a long one")
    }

    @Test("a long history is not read by what an operator or another run asks for either")
    func listsAreIndexed() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        for number in 1...5 { _ = try await database.ready(.access, "open-\(number)", run: run) }
        try await addClosedRequests(5_000, to: database)
        _ = try await database.claim(run, limit: 2)
        let rescuer = try await database.begin()
        let rows = try await rowsRead(in: database) { store in
            _ = try await store.attention()
            _ = try await store.pendingActions(after: 7, atRisk: 7, limit: 9)
            _ = try await store.otherRunsAtWork(excluding: rescuer)
            _ = try await store.rescue(run: rescuer)
            #expect(try await store.requestsAtRisk(withinDays: 90, limit: 9).count == 5)
            #expect(try await store.requests(ticket: "T-none", limit: 9).isEmpty)
            #expect(try await store.openRequests().map(\.count).reduce(0, +) == 5)
        }
        #expect(rows < 100)
    }

    /// Cancels that many new requests, by plain SQL.
    private func addClosedRequests(_ count: Int, to database: Database) async throws {
        try await database.run(
            """
            insert into dsr.subject_requests (kind, integration_id)
            select 'access', 'closed-' || n from generate_series(1, \(count)) n;
            update dsr.subject_requests set state = 'cancelled', finished_at = now()
            where integration_id like 'closed-%' and state = 'pending'
            """
        )
        try await database.run("vacuum analyze dsr.subject_requests")
    }

    /// Rows of the queue that a run reads which begins, counts and ends.
    private func rowsRead(in database: Database) async throws -> Int {
        try await rowsRead(in: database) { store in
            let identity = RunIdentity(host: "h", processID: 1, version: "1", environment: .sandbox, actor: "tests")
            let (run, queue) = try await store.beginRun(identity, lease: .seconds(60))
            #expect(queue.open == 5)
            _ = try await store.queueSnapshot(closedBy: run)
            try await store.endRun(run, reason: "done")
        }
    }

    /// Rows of the queue that statements read, by the server's own count.
    private func rowsRead(in database: Database, _ work: (Store) async throws -> Void) async throws -> Int {
        let connection = try await database.connection()
        let before = try await rowsReadSoFar(connection)
        try await work(Store(connection: connection))
        let after = try await rowsReadSoFar(connection)
        await connection.close()
        return after - before
    }

    private func rowsReadSoFar(_ connection: PostgresConnection) async throws -> Int {
        try await connection.query(Statement("publish statistics", "select pg_stat_force_next_flush()"))
        let read = Statement(
            "read statistics",
            """
            select (seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint as rows
            from pg_stat_user_tables where relname = 'subject_requests'
            """
        )
        return try await connection.query(read)[0].decode("rows", as: Int.self)
    }
}

/// A small generator with a seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
