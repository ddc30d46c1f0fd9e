import Foundation
import Store
import SubjectRequests
import Testing

@Suite("After an erasure")
struct RecheckTests {
    private static let key = Data(repeating: 1, count: 8)

    private static func digest(_ subject: String) -> Data {
        (Data(subject.utf8) + Data(repeating: 0, count: 32)).prefix(32)
    }

    /// Admits a request, with a digest unless said otherwise.
    private func admit(
        _ id: Int64,
        in database: Database,
        run: Int64,
        hasDigest: Bool = true,
        gates: GateRules = GateRules()
    ) async throws -> AdmissionCounts {
        let row = try #require(try await database.store.newRequests(after: 0, only: id, limit: 1).first)
        let admitted = AdmittedRequest(
            Admission(deadlines: GateTests.rules, gates: gates).verdict(on: row),
            on: row,
            salt: Data(repeating: 3, count: 32),
            digest: hasDigest ? Self.digest(row.integrationID) : nil,
            replayDigest: row.replayKeyID == nil ? nil : Self.digest(row.integrationID)
        )
        return try await database.store.admit([admitted], keyID: Self.key, by: .run(run))
    }

    /// Erases a subject.
    private func erase(
        _ subject: String,
        in database: Database,
        run: Int64,
        recheck: Recheck? = nil,
        hasDigest: Bool = true
    ) async throws -> Int64 {
        let id = try await database.submit(.erasure, subject)
        _ = try await admit(id, in: database, run: run, hasDigest: hasDigest)
        let request = try #require(try await database.claim(only: id, run: run))
        let result = request.completed(.erased([], recheck))
        #expect(try await database.store.record([result], run: run) == [id])
        return id
    }

    // MARK: - Rechecks

    private let soon = Recheck(dueAfter: .zero, keptFor: .seconds(3_600))

    @Test("the identifier is kept until the recheck; without the setting it is not kept at all")
    func look() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        _ = try await erase("no-recheck", in: database, run: run)
        #expect(try await database.number("select count(*) from dsr.rechecks") == 0)
        let id = try await erase("customer-42", in: database, run: run, recheck: soon)
        let later = Recheck(dueAfter: .seconds(60), keptFor: .seconds(3_600))
        _ = try await erase("customer-43", in: database, run: run, recheck: later)

        let due = try await database.store.dueRechecks(after: 0, limit: 9)
        #expect(due.map(\.request) == [id] && due.map(\.subject.value) == ["customer-42"])
        #expect(try await database.store.record(.absent, of: id, run: run))
        #expect(
            try await !database.store.record(.reappeared(["profile"]), of: id, run: run),
            "another run recorded it before"
        )
        #expect(
            try await database.number("select count(*) from dsr.rechecks where integration_id is not null")
                == 1
        )
        #expect(try await database.store.attention().incidents == 0)
        #expect(try await database.entries(of: id).last?.event == "rechecked")
        try await database.expectSoundEvidence()
    }

    @Test("a subject who reappeared is an incident, which another erasure answers")
    func incident() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await erase("customer-42", in: database, run: run, recheck: soon)
        #expect(try await database.store.record(.reappeared(["profile: attributes"]), of: id, run: run))
        #expect(try await database.store.attention().incidents == 1)
        let incident = try #require(
            try await database.store.incidents(after: 0, includingClosed: false, limit: 9).first
        )
        #expect(incident.request == id && incident.found == ["profile: attributes"] && incident.subjectKeptUntil != nil)

        func close() async throws -> IncidentClosing {
            try await database.store.closeIncident(
                incident.id,
                erasing: true,
                because: Justification(ticket: "T-1"),
                by: GateTests.operator
            )
        }
        guard case .closed(let erasure?) = try await close() else {
            Issue.record("no erasure was queued")
            return
        }
        #expect(try await database.column("integration_id", of: erasure) == "customer-42")
        #expect(try await database.store.subject(of: id) == nil)
        #expect(
            try await database.number("select count(*) from dsr.rechecks where integration_id is not null")
                == 0
        )
        #expect(try await close() == .unchanged)
        #expect(try await database.store.attention().incidents == 0)
    }

    @Test(
        "at the end of its retention the identifier is deleted, rechecked or not, and an incident says so"
    )
    func expiry() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let gone = Recheck(dueAfter: .zero, keptFor: .zero)
        let unread = try await erase("customer-1", in: database, run: run, recheck: gone)
        let back = try await erase("customer-2", in: database, run: run, recheck: soon)
        _ = try await database.store.record(.reappeared(["profile"]), of: back, run: run)
        try await database.run("update dsr.rechecks set drop_at = now()")
        #expect(try await database.store.dueRechecks(after: 0, limit: 9).isEmpty)
        #expect(try await database.store.dropExpiredRechecks(run: run) == 1)
        #expect(try await database.store.dropExpiredRechecks(run: run) == 0)
        #expect(
            try await database.number("select count(*) from dsr.rechecks where integration_id is not null")
                == 0
        )
        #expect(try await database.entries(of: unread).last?.event == "rechecked")
        let closing = try await database.store.closeIncident(
            1,
            erasing: true,
            because: Justification(ticket: "T-1"),
            by: GateTests.operator
        )
        #expect(closing == .subjectGone)
        #expect(try await database.store.attention().incidents == 1)
    }

    // MARK: - Replay

    private func replay(_ subjects: [String], since: Date, in database: Database) async throws -> [Int] {
        let counts = try await database.store.replay(
            subjects.map { (subject: try SubjectID($0), digest: Self.digest($0)) },
            since: since,
            ticket: "T-1",
            requestedBy: "Bo"
        )
        return [counts.matched, counts.queued]
    }

    @Test("each subject who was erased since the restored state is queued again, once, and no other")
    func replay() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let before = try await erase("erased-before", in: database, run: run)
        try await database.run(
            """
            alter table dsr.subject_requests disable trigger check_changed_request;
            update dsr.subject_requests set finished_at = now() - interval '2 days' where id = \(before);
            alter table dsr.subject_requests enable trigger check_changed_request
            """
        )
        let since = Date().addingTimeInterval(-86_400)
        let erased = try await erase("erased", in: database, run: run)
        _ = try await erase("not-in-the-list", in: database, run: run)
        _ = try await erase("without-digest", in: database, run: run, hasDigest: false)
        _ = try await database.ready(.access, "customer", run: run)

        let list = ["erased", "erased-before", "customer", "never-heard-of", "erased"]
        #expect(try await replay(list, since: since, in: database) == [1, 1])
        #expect(try await replay(list, since: since, in: database) == [1, 0])
        let rest = try await database.store.unreplayed(since: since, key: Self.key)
        #expect(rest.notGiven == 1 && rest.notRecognisable == 1)

        let again = try #require(try await database.store.newRequests(after: 0, limit: 9).first)
        #expect(again.integrationID == "erased" && again.kind == "erasure")
        // The gates of the first time are not checked again.
        let gates = GateRules(checksIdentity: true, erasureWaitDays: 7)
        #expect(try await admit(again.id, in: database, run: run, gates: gates).ready == 1)
        try await database.store.tighten(gates)
        let claimed = try await database.store.claim(ClaimQuery(limit: 9, scope: .replays), run: run).requests
        #expect(claimed.map(\.id) == [again.id])
        #expect(try await database.column("replay_of", of: again.id) == "\(erased)")
        _ = try await database.store.record([completion(of: claimed[0])], run: run)
        #expect(try await replay(list, since: since, in: database) == [1, 0], "done once is done")

        // Another restore, to a state between the first one and the erasure that repeated it.
        try await database.run(
            """
            alter table dsr.subject_requests disable trigger check_changed_request;
            update dsr.subject_requests set finished_at = now() - interval '3 hours' where id = \(erased);
            alter table dsr.subject_requests enable trigger check_changed_request
            """
        )
        #expect(try await replay(["erased"], since: Date().addingTimeInterval(-3_600), in: database) == [1, 1])
        #expect(
            try await database.number("select count(*) from dsr.subject_requests where replay_of = \(again.id)") == 1
        )
    }
}
