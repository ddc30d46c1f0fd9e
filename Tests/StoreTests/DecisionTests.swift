import Foundation
import Postgres
import Store
import SubjectRequests
import Testing

@Suite("Decisions in the database")
struct DecisionTests {
    private func today() -> CivilDate { CivilDate(Date(), in: .gmt) }

    @Test("a decision is one commit of change, log entry and note, and is idempotent")
    func idempotent() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let decisions: [(Right, Decision)] = [
            (.access, .identityChecked(.inPerson, by: "Cy")), (.erasure, .approved),
            (.access, .extended(toldOn: today())), (.access, .refused(.excessive, toldOn: today())),
            (.access, .cancelled), (.access, .suspended(.clarification, askedOn: today())),
        ]
        for (number, (right, decision)) in decisions.enumerated() {
            let id = try await database.ready(right, "customer-\(number)", run: run)
            guard case .made = try await GateTests.decide(decision, on: id, in: database) else {
                Issue.record("\(decision) was not made")
                continue
            }
            let size = try await database.logSize()
            guard case .notMade(.unchanged) = try await GateTests.decide(decision, on: id, in: database) else {
                Issue.record("\(decision) was made twice")
                continue
            }
            #expect(try await database.logSize() == size)
            let notes = try await database.store.detail(of: id)?.decisions ?? []
            #expect(notes.map(\.decision) == [decision.event] && notes.map(\.ticket) == ["T-1"])
            let leaves = try await database.entries(of: id).filter { $0.event == decision.event }
            #expect(leaves.count == 1 && leaves.first?.ticket == "T-1" && leaves.first?.actor == "Bo")
        }
        try await database.expectSoundEvidence()
    }

    @Test("the entry of a decision has its keys in order, and any name of the operator")
    func leaf() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.access, "customer-42", run: run)
        _ = try await database.store.decide(
            .refused(.excessive, toldOn: today()),
            on: id,
            because: Justification(ticket: "T-1"),
            by: Author.Operator(name: #"Zoë "B" \ /"#, environment: .live, version: "1.0"),
            rules: GateTests.rules
        )
        let keys = try await database.texts(
            "select (select string_agg(k, ' ') from json_object_keys(convert_from(payload, 'UTF8')::json) k) from dsr.evidence_payloads order by index"
        )
        #expect(
            keys.last == "v index time event request right ground told_on ticket subject environment version actor role"
        )
        #expect(try await database.entries(of: id).last?.actor == #"Zoë "B" \ /"#)
        try await database.expectSoundEvidence()
    }

    @Test("an extension moves the deadline to three months from receipt, and every step is kept")
    func extended() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.access, "customer-42", run: run)
        _ = try await GateTests.decide(.extended(toldOn: today()), on: id, in: database)
        let expected = GateTests.rules.deadline(
            receivedAt: try #require(try await database.store.requests(state: nil, only: id, limit: 1).first)
                .receivedAt,
            extensionToldOn: today()
        )
        let row = try #require(try await database.store.requests(state: nil, only: id, limit: 1).first)
        #expect(row.answerBy == expected.answerBy && row.latestLawful == expected.latestLawful)
        #expect(try await database.store.detail(of: id)?.deadline == expected)
    }

    @Test("a deadline is counted again in the time zone of the request's admission")
    func zoneStays() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        // 23:30 in London is the next day in Berlin.
        let receivedAt = try Date("\(today().adding(days: -3))T23:30:00Z", strategy: .iso8601)
        let id = try await database.submit(.access, "customer-42", receivedAt: receivedAt)
        try await database.admit(run)
        let berlin = DeadlineRules(zone: try #require(TimeZone(identifier: "Europe/Berlin")))
        _ = try await database.store.decide(
            .suspended(.clarification, askedOn: today()),
            on: id,
            because: Justification(ticket: "T-1"),
            by: GateTests.operator,
            rules: berlin
        )
        #expect(try await database.store.detail(of: id)?.deadline?.receivedOn == today().adding(days: -3))
    }

    @Test("a failed request is retried without its failures")
    func retried() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.access, "customer-42", run: run)
        _ = try await database.claim(run)
        let failure = try held(id, failures: 5).failed(.refusedByAPI, reason: "No.")
        _ = try await database.store.record([failure], run: run)
        #expect(try await GateTests.decide(.retried, on: id, in: database) == .made(.pending, waitingFor: nil))
        let request = try #require(try await database.claim(run).first)
        #expect(request.claim.failures == 0 && request.claim.number == 2)

        // A postponed request is ready now.
        let later = request.returned(.init(wait: .seconds(3_600)))
        _ = try await database.store.record([later], run: run)
        #expect(try await database.claim(run).isEmpty)
        #expect(try await GateTests.decide(.retried, on: id, in: database) == .made(.pending, waitingFor: nil))
        #expect(try await database.claim(run).count == 1)
    }

    @Test("a failed erasure of a subject that a later request has erased can only be closed")
    func failedAndForgotten() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let failed = try await database.ready(.erasure, "customer-42", run: run)
        _ = try await database.claim(run)
        let failure = try held(failed, .erasure).failed(.outcomeUnknown, reason: "No answer.", mayHaveActed: true)
        _ = try await database.store.record([failure], run: run)
        _ = try await database.ready(.erasure, "customer-42", run: run)
        let request = try #require(try await database.claim(run).first)
        _ = try await database.store.record([completion(of: request)], run: run)
        guard case .notMade(.notAllowed) = try await GateTests.decide(.retried, on: failed, in: database) else {
            Issue.record("it is tried again without anybody to ask for")
            return
        }
        #expect(try await GateTests.decide(.cancelled, on: failed, in: database) == .made(.cancelled, waitingFor: nil))
    }

    @Test("the subject's erasure is ready once their failed access is cancelled")
    func failedAccessSettled() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let access = try await database.ready(.access, "customer-42", run: run)
        _ = try await database.claim(run)
        _ = try await database.store.record([try held(access).failed(nil, reason: "No.")], run: run)
        let erasure = try await database.ready(.erasure, "customer-42", run: run)
        #expect(try await database.store.detail(of: erasure)?.closedGates == [.failedRequest])
        _ = try await GateTests.decide(.cancelled, on: access, in: database)
        #expect(try await database.store.releaseWaiting(run: run).opened == 1)
        #expect(try await database.claim(run).map(\.id) == [erasure])
    }

    @Test("refusals are counted until the customer is told, and nothing extends the month for it")
    func refusals() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let old = try await database.submit(.access, "customer-1", receivedAt: Date().addingTimeInterval(-60 * 86_400))
        let new = try await database.submit(.access, "customer-2")
        try await database.admit(run)
        #expect(try await database.store.attention().overdue == 1)
        for id in [old, new] { _ = try await GateTests.decide(.refused(.unfounded, toldOn: nil), on: id, in: database) }
        var attention = try await database.store.attention()
        #expect(attention.overdue == 0 && attention.refusalsNotSent == 2 && attention.refusalsLate == 1)
        for id in [old, new] {
            #expect(
                try await GateTests.decide(.refused(.unfounded, toldOn: today()), on: id, in: database)
                    == .made(.refused, waitingFor: nil)
            )
        }
        attention = try await database.store.attention()
        #expect(attention.refusalsNotSent == 0)
        #expect(try await database.column("refusal_ground", of: old) == "art12_5_unfounded")
        #expect(try await database.store.discrepancies(after: 0, limit: 9).isEmpty)
    }

    @Test("a refusal is taken back until the customer is told, with its entry, and has no receipt then")
    func reopened() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.submit(.erasure, "customer-42", requestedBy: "Ada")
        try await database.admit(run, gates: GateRules(approvesErasures: true))
        _ = try await GateTests.decide(.approved, on: id, in: database)
        _ = try await GateTests.decide(.refused(.claims, toldOn: nil), on: id, in: database)
        #expect(try await database.store.finalLeaf(of: id) != nil)
        // The approval was of the request before, so it waits for another one.
        #expect(
            try await GateTests.decide(.reopened, on: id, in: database) == .made(.waiting, waitingFor: .approval)
        )
        #expect(try await database.store.finalLeaf(of: id) == nil)
        #expect(try await database.events(of: id).suffix(2) == ["reopened", "waiting"])
        #expect(try await database.column("refusal_ground", of: id) == nil)
        #expect(try await database.store.attention().refusalsNotSent == 0)
        guard case .notMade(.unchanged) = try await GateTests.decide(.reopened, on: id, in: database) else {
            Issue.record("it was reopened twice")
            return
        }
        _ = try await GateTests.decide(.approved, on: id, in: database)
        let request = try #require(try await database.claim(run).first)
        _ = try await database.store.record([completion(of: request)], run: run)
        #expect(try await database.store.discrepancies(after: 0, limit: 9).isEmpty)

        // Refused again by SQL, and not by a decision: the audit finds it.
        let access = try await database.ready(.access, "customer-43", run: run)
        _ = try await GateTests.decide(.refused(.excessive, toldOn: nil), on: access, in: database)
        _ = try await GateTests.decide(.reopened, on: access, in: database)
        try await database.run(
            """
            update dsr.subject_requests set state = 'refused', finished_at = now(), refusal_ground = 'art12_6'
            where id = \(access)
            """
        )
        #expect(try await database.store.discrepancies(after: 0, limit: 9).map(\.request) == [access])
        try await database.expectSoundEvidence()
    }

    @Test("a decision without a reason, or with one that names the customer, is rejected")
    func justification() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.access, "ada@example.com", run: run)
        for (why, constraint) in [
            (Justification(), "decision_has_a_reason"),
            (Justification(reason: "Because ADA@example.com says so."), "decision_names_no_customer"),
            (Justification(ticket: "T ada"), "ticket_is_a_reference"),
        ] {
            let error = try await #require(throws: StoreError.self) {
                _ = try await database.store.decide(
                    .cancelled,
                    on: id,
                    because: why,
                    by: GateTests.operator,
                    rules: GateTests.rules
                )
            }
            #expect(error.code == .unstorable && error.cause?.constraint == constraint)
            #expect(!"\(error)".lowercased().contains("ada"))
        }
        #expect(try await database.column("state", of: id) == "pending")
        #expect(try await database.events(of: id) == ["received", "admitted"])
    }

    @Test("an erasure deletes the reason of a decision and keeps its ticket")
    func forgotten() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let access = try await database.ready(.access, "customer-42", run: run)
        _ = try await database.store.decide(
            .cancelled,
            on: access,
            because: Justification(reason: "She called.", ticket: "T-9"),
            by: GateTests.operator,
            rules: GateTests.rules
        )
        let erasure = try await database.ready(.erasure, "customer-42", run: run)
        let request = try #require(try await database.claim(run).first)
        _ = try await database.store.record([completion(of: request)], run: run)
        #expect(try await database.column("integration_id", of: access) == nil)
        let note = try #require(try await database.store.detail(of: access)?.decisions.first)
        #expect(note.reason == "(deleted with the erasure)" && note.ticket == "T-9")
        #expect(try await database.column("outcome", of: erasure) == "erased")
    }

    @Test("requests at risk are those without an answer near their day, most urgent first")
    func atRisk() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        var ids: [Int64] = []
        for days in [0, 25, 60, 28] {
            ids.append(
                try await database.submit(
                    .access,
                    "customer-\(days)",
                    receivedAt: Date().addingTimeInterval(Double(-days) * 86_400)
                )
            )
        }
        try await database.admit(run)
        #expect(
            try await database.store.requestsAtRisk(withinDays: 10, limit: 9).map(\.id) == [ids[2], ids[3], ids[1]]
        )
        #expect(try await database.store.requestsAtRisk(withinDays: 0, limit: 9).map(\.id) == [ids[2]])
        _ = try await GateTests.decide(.cancelled, on: ids[2], in: database)
        #expect(try await database.store.requestsAtRisk(withinDays: 0, limit: 9).isEmpty)
    }
}
