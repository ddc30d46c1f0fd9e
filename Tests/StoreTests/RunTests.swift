import Foundation
import Postgres
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
        try await database.store.endRun(ended, reason: "done")
        #expect(try await !database.store.renewLease(run: ended, lease: .seconds(120)))
        #expect(try await !database.store.renewLease(run: 4_711, lease: .seconds(120)))
    }

    @Test("a run begins with a count of the queue, and a later count tells what it has closed")
    func counts() async throws {
        let database = try await Database.fresh()
        let first = try await database.begin()
        var ids: [Int64] = []
        for number in 1...8 { ids.append(try await database.ready(.access, "customer-\(number)", run: first)) }
        try await database.submit(.erasure, "customer-8")
        try await database.admit(first)
        try await database.submit(.access, "customer-new")
        func record(_ place: Int, by run: Int64, _ end: (SubjectRequest) -> Resolution) async throws {
            guard let request = try await database.claim(only: ids[place], run: run) else {
                Issue.record("request \(ids[place]) was not claimed")
                return
            }
            let recorded = try await database.store.record([end(request)], run: run)
            #expect(recorded == [request.id])
        }
        try await record(0, by: first) { $0.completed(.exported([])) }
        let identity = RunIdentity(host: "h", processID: 1, version: "1", environment: .live, actor: "cron")
        let (second, queue) = try await database.store.beginRun(identity, lease: .seconds(60))
        #expect(queue.total == 10 && queue.open == 9 && queue.closed == 1)

        try await record(1, by: second) { $0.completed(.exported([])) }
        try await record(2, by: second) { $0.completed(.noData([])) }
        try await record(3, by: second) { $0.failed(.refusedByAPI, reason: "No.") }
        try await record(4, by: second) { $0.claim.refused(InvalidRequest("it is malformed")) }
        try await record(5, by: second) { $0.returned(.init(wait: .seconds(600))) }
        _ = try await database.claim(only: ids[6], run: second)
        let (now, closedBySecond) = try await database.store.queueSnapshot(closedBy: second)
        #expect(now.total == 10 && now.closed == 5 && closedBySecond == 4)
        #expect(now.waiting == [.olderRequest: 1] && now.later == 1 && now.running == 1 && now.ready == 2)
        #expect(now.open == now.later + now.ready + now.running + now.waiting.values.reduce(0, +))

        let open = try await database.store.openRequests()
        #expect(open.map(\.count).reduce(0, +) == 4)
        #expect(open.first { $0.isLater }?.state == .pending)
        #expect(open.first { $0.waitingFor != nil }?.kind == "erasure")
    }

    @Test("the end of a run stores its reason, its report and its documents")
    func end() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        try await database.store.endRun(
            run,
            reason: "done",
            report: Data(#"{"completed": 1}"#.utf8),
            documents: [document(ofRun: run, as: "html"), document(ofRun: run, as: "json")]
        )
        #expect(
            try await database.text("select end_reason || counts from dsr.runs where id = $1", run)
                == #"done{"completed": 1}"#
        )
        #expect(
            try await database.number("select count(*) from dsr.reports where run_id = \(run) and request_id is null")
                == 2
        )
        let undelivered = try #require(try await database.nextUndelivered(after: 0))
        try await database.store.markDelivered([undelivered.id], keepDays: 30, by: .run(run))
        #expect(try await database.store.content(ofDocument: "run-\(run).html") == Data("content".utf8))
    }

    @Test("a claim that is committed while its run ends goes back to the queue with the end, and is not lost")
    func orphanedAtTheEnd() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.access, "customer-42", run: run)
        // The connection of this claim is gone for the run, and the server still works on it.
        let lost = try await database.anotherStore()
        let blocker = try await database.connection()
        try await blocker.run(script: "begin; select from dsr.evidence_head for update", named: "block")
        async let claimed = lost.claim(ClaimQuery(limit: 1, scope: .all), run: run)
        try await database.waitUntilBlocked(1)
        async let ended: Void = database.store.endRun(run, reason: "done")
        try await database.waitUntilBlocked(2)
        try await blocker.run(script: "commit", named: "release")
        #expect(try await claimed.requests.map(\.id) == [id])
        try await ended
        #expect(try await database.column("state", of: id) == "pending")
        #expect(try await database.events(of: id).suffix(2) == ["claimed", "returned"])
        #expect(try await lost.claim(ClaimQuery(limit: 1, scope: .all), run: run).holdsLease == false)
        try await database.expectSoundEvidence()
    }

    @Test("a lost connection is reported as such, and can be opened again")
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
