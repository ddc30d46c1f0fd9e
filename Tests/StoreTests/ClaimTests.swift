import Foundation
import Postgres
import Store
import SubjectRequests
import Testing

@Suite("Claim")
struct ClaimTests {
    @Test("the earliest deadline comes first, and the cursor never looks back")
    func order() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let days = ["2026-03-03", "2026-03-01", "2026-03-02", "2026-03-01", "2026-03-03"]
        for (number, day) in days.enumerated() {
            try await database.submit(
                .access,
                "customer-\(number)",
                receivedAt: try Date("\(day)T12:00:00Z", strategy: .iso8601)
            )
        }
        try await database.admit(run)
        var cursor = ClaimCursor.start
        var claimed: [SubjectRequest] = []
        for _ in 1...3 {
            let group = try await database.store.claim(ClaimQuery(cursor: cursor, limit: 2, scope: .all), run: run)
            #expect(group.unreadable.isEmpty)
            claimed += group.requests
            cursor = group.cursor
        }
        #expect(claimed.map(\.subject.value) == [1, 3, 2, 0, 4].map { "customer-\($0)" })
        #expect(claimed.map(\.answerBy) == claimed.map(\.answerBy).sorted())

        // Back in the queue, but behind the cursor: for this pass it is gone.
        #expect(try await database.store.record([claimed[0].returned()], run: run) == [claimed[0].id])
        let rest = try await database.store.claim(ClaimQuery(cursor: cursor, limit: 10, scope: .all), run: run)
        #expect(rest.isEmpty && rest.cursor == cursor && rest.holdsLease)
        #expect(try await database.claim(run).map(\.id) == [claimed[0].id])
    }

    @Test("a claim carries all that the row says")
    func contents() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let receivedAt = try Date("2026-01-31T12:00:00Z", strategy: .iso8601)
        let id = try await database.submit(.rectification, "ada@example.com", receivedAt: receivedAt, ticket: "HD-1")
        try await database.admit(run)
        let request = try #require(try await database.claim(run).first)
        #expect(request.id == id && request.right == .rectification && request.subject.value == "ada@example.com")
        #expect(
            request.claim.number == 1 && request.claim.failures == 0 && !request.claim.mayHaveActed
                && request.ticket == "HD-1"
        )
        #expect(request.changes?.names == ["Name"])
        #expect(request.receivedAt == receivedAt && request.answerBy.description == "2026-02-28")
        #expect(try await database.column("run_id", of: id) == "\(run)")
    }

    @Test(
        "the subject's next erasure knows of one that failed and may have been carried out, and no other erasure does"
    )
    func mayBeGone() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let first = try await database.ready(.erasure, "customer-42", run: run)
        _ = try await database.claim(run)
        let failure = try held(first, .erasure).failed(.outcomeUnknown, reason: "No answer.", mayHaveActed: true)
        #expect(try await database.store.record([failure], run: run) == [first])
        let next = try await database.submit(.erasure, "customer-42")
        try await database.submit(.erasure, "customer-43")
        try await database.admit(run)
        let claimed = try await database.claim(run)
        #expect(claimed.count == 2 && claimed.filter(\.claim.mayHaveActed).map(\.id) == [next])
    }

    @Test("each claim has a higher number than the one before, in whichever run")
    func numbers() async throws {
        let database = try await Database.fresh()
        var run = try await database.begin()
        let id = try await database.ready(.access, "customer-42", run: run)
        var numbers: [Int] = []
        for round in 1...4 {
            let request = try #require(try await database.claim(only: id, run: run))
            numbers.append(request.claim.number)
            if round.isMultiple(of: 2) {
                try await database.lapse(run)
                run = try await database.begin()
                #expect(try await database.store.rescue(run: run).returned == 1)
            } else {
                #expect(try await database.store.record([request.returned()], run: run) == [id])
            }
        }
        #expect(numbers == [1, 2, 3, 4])
        #expect(try await database.entries(of: id).filter { $0.event == "claimed" }.map(\.claim) == [1, 2, 3, 4])
    }

    @Test("the claimed leaf commits with the claim: rolled back, there is no leaf and no gap")
    func leafCommitsWithClaim() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.erasure, "customer-42", run: run)
        let connection = try await database.connection()
        let store = Store(connection: connection)
        try await connection.run(script: "begin", named: "begin")
        let lost = try await store.claim(ClaimQuery(limit: 10, scope: .all), run: run)
        #expect(lost.requests.map(\.id) == [id])
        try await connection.run(script: "rollback", named: "rollback")

        #expect(try await database.events(of: id) == ["received", "admitted"])
        #expect(try await database.column("state || claim_no", of: id) == "pending0")
        #expect(try await database.claim(run).map(\.claim.number) == [1])
        #expect(try await database.entries(of: id).map(\.index) == [0, 1, 2])
        try await database.expectSoundEvidence()
    }

    @Test("a postponed request is not claimed before its time")
    func notBefore() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.access, "customer-42", run: run)
        try await database.run("update dsr.subject_requests set not_before = clock_timestamp() + interval '1 hour'")
        #expect(try await database.claim(run).isEmpty)
        try await database.run("update dsr.subject_requests set not_before = clock_timestamp() - interval '1 second'")
        #expect(try await database.claim(run).map(\.id) == [id])
        #expect(try await database.column("not_before", of: id) == nil)
    }

    @Test("a run whose lease has passed, or that has ended, or that never was, claims nothing")
    func lease() async throws {
        let database = try await Database.fresh()
        let lapsed = try await database.begin()
        let id = try await database.ready(.access, "customer-42", run: lapsed)
        try await database.lapse(lapsed)
        let ended = try await database.begin()
        try await database.store.endRun(ended, reason: "done")
        let size = try await database.logSize()
        for run in [lapsed, ended, 4_711] {
            for query in [ClaimQuery(limit: 9, scope: .all), ClaimQuery(limit: 1, scope: .only(id))] {
                let group = try await database.store.claim(query, run: run)
                #expect(group.isEmpty && !group.holdsLease)
            }
            #expect(try await !database.store.orphanedClaims(run: run, excluding: []).holdsLease)
        }
        #expect(try await database.column("state || claim_no", of: id) == "pending0")
        #expect(try await database.logSize() == size)
    }

    @Test("a claim of one request takes that one, and nothing else")
    func only() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        try await database.submit(.access, "customer-1")
        let wanted = try await database.submit(.access, "customer-2")
        try await database.admit(run)
        let fresh = try await database.submit(.access, "customer-3")
        #expect(try await database.claim(only: wanted, run: run)?.id == wanted)
        #expect(try await database.claim(only: wanted, run: run) == nil)
        #expect(try await database.claim(only: fresh, run: run) == nil)
        let nothing = try await database.store.claim(ClaimQuery(limit: 1, scope: .only(4_711)), run: run)
        #expect(nothing.isEmpty && nothing.holdsLease)
        #expect(try await database.number("select count(*) from dsr.subject_requests where state = 'running'") == 1)
    }

    @Test("a row that was made unreadable after its admission is reported, and does not affect others")
    func unreadable() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let kind = try await database.ready(.access, "customer-1", run: run)
        let subject = try await database.ready(.access, "customer-2", run: run)
        let good = try await database.ready(.access, "customer-3", run: run)
        // Only the table's owner can do that.
        try await database.run(
            """
            alter table dsr.subject_requests disable trigger check_changed_request;
            update dsr.subject_requests set kind = 'canary' where id = \(kind);
            update dsr.subject_requests set integration_id = '..' where id = \(subject);
            alter table dsr.subject_requests enable trigger check_changed_request
            """
        )
        let group = try await database.store.claim(ClaimQuery(limit: 10, scope: .all), run: run)
        #expect(group.requests.map(\.id) == [good])
        #expect(group.unreadable.map(\.claim.request) == [kind, subject])
        #expect(group.unreadable.map(\.claim.number) == [1, 1])
        #expect(group.unreadable.allSatisfy { !$0.reason.reason.contains("canary") })
    }
}
