import Foundation
import Store
import SubjectRequests
import Testing

@Suite("Runs")
struct RunTests {
    @Test("a lease can be renewed while it lasts, and never after")
    func renewal() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin(lease: .seconds(60))
        let left = "select lease_until - clock_timestamp() > interval '%' from dsr.runs where id = $1"
        #expect(try await database.text(left.replacing("%", with: "100 seconds"), run) == "false")
        #expect(try await database.store.renewLease(run: run, lease: .seconds(120)))
        #expect(try await database.text(left.replacing("%", with: "100 seconds"), run) == "true")
        try await database.lapse(run)
        #expect(try await !database.store.renewLease(run: run, lease: .seconds(120)))
        #expect(try await database.text(left.replacing("%", with: "0"), run) == "false")

        let ended = try await database.begin()
        try await database.store.endRun(ended, reason: "done", counts: Data("{}".utf8), documents: [])
        #expect(try await !database.store.renewLease(run: ended, lease: .seconds(120)))
        #expect(try await !database.store.renewLease(run: 4_711, lease: .seconds(120)))
    }

    @Test("a run begins with a count of the queue, and can say at any time how it stands")
    func counts() async throws {
        let database = try await Database.fresh()
        let first = try await database.begin()
        var ids: [Int64] = []
        for number in 1...8 { ids.append(try await database.ready(.access, "customer-\(number)", run: first)) }
        try await database.submit(.erasure, "customer-8")
        try await database.admit(first)
        try await database.submit(.access, "customer-new")
        func record(_ place: Int, _ state: RequestState, _ outcome: Outcome?, wait: Duration? = nil, by run: Int64)
            async throws
        {
            guard let request = try await database.claim(only: ids[place], run: run) else {
                Issue.record("request \(place) cannot be claimed")
                return
            }
            let result = ClaimResult(
                of: request.id,
                claim: request.claimNumber,
                state: state,
                outcome: outcome,
                wait: wait
            )
            let recorded = try await database.store.record([result], run: run)
            #expect(recorded == [request.id])
        }
        try await record(0, .completed, .exported, by: first)
        let identity = Store.RunIdentity(host: "h", processID: 1, version: "1", environment: "live", actor: "cron")
        let (second, queue) = try await database.store.beginRun(identity, lease: .seconds(60))
        #expect(queue.total == 10 && queue.open == 9)

        try await record(1, .completed, .exported, by: second)
        try await record(2, .completed, .noData, by: second)
        try await record(3, .failed, .refusedByAPI, by: second)
        try await record(4, .refused, nil, by: second)
        try await record(5, .pending, nil, wait: .seconds(600), by: second)
        _ = try await database.claim(only: ids[6], run: second)
        let standing = try await database.store.standing(run: second)
        #expect(standing.total == 10 && standing.final == 5)
        #expect(standing.completed == [.exported: 1, .noData: 1] && standing.failed == 1 && standing.refused == 1)
        #expect(standing.waiting == ["older_request": 1] && standing.later == 1 && standing.running == 1)
        #expect(standing.ready == 2)
        #expect(
            standing.total
                == standing.final + standing.later + standing.ready + standing.running
                + standing.waiting.values.reduce(0, +)
        )

        let open = try await database.store.openRequests()
        #expect(open.map(\.count).reduce(0, +) == 4)
        #expect(open.first { $0.isLater }?.state == .pending)
        #expect(open.first { $0.waitingFor != nil }?.kind == "erasure")
    }

    @Test("a run's end keeps its reason, its counts and its documents")
    func end() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        try await database.store.endRun(
            run,
            reason: "done",
            counts: Data(#"{"completed": 1}"#.utf8),
            documents: [document("run-1.html"), document("run-1.json")]
        )
        #expect(
            try await database.text("select end_reason || counts from dsr.runs where id = $1", run)
                == #"done{"completed": 1}"#
        )
        #expect(
            try await database.number("select count(*) from dsr.reports where run_id = \(run) and request_id is null")
                == 2
        )
        let undelivered = try #require(try await database.store.nextUndelivered(after: 0))
        try await database.store.markDelivered([undelivered.id], by: .run(run))
        #expect(try await database.store.content(ofDocument: "run-1.html") == Data("content".utf8))
    }

    @Test("a run of an unknown environment does not begin")
    func environment() async throws {
        let database = try await Database.fresh()
        let identity = Store.RunIdentity(host: "h", processID: 1, version: "1", environment: "prod", actor: "cron")
        let error = try await #require(throws: StoreError.self) {
            _ = try await database.store.beginRun(identity, lease: .seconds(1))
        }
        #expect(error.code == .unstorable)
    }

    @Test("a lost connection is told as such, and can be made again")
    func reconnect() async throws {
        let database = try await Database.fresh()
        try await database.run(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        )
        let error = try await #require(throws: StoreError.self) { _ = try await database.store.undeliveredCount() }
        #expect(error.code == .unreachable)
        try await database.store.reconnect()
        #expect(try await database.store.undeliveredCount() == 0)
    }
}
