import Foundation
import Postgres
import Store
import SubjectRequests
import Testing

@Suite("Gates")
struct GateTests {
    static let `operator` = Author.Operator(name: "Bo", environment: .sandbox, version: "1.0")
    static let rules = DeadlineRules(zone: .gmt)

    /// Makes a decision with a ticket.
    static func decide(
        _ decision: Decision,
        on request: Int64,
        in database: Database,
        store: Store? = nil,
        by name: String = "Bo"
    ) async throws -> DecisionResult {
        var store = store ?? database.store
        if case .approved = decision { store = Store(connection: try await database.approving()) }
        return try await store.decide(
            decision,
            on: request,
            because: Justification(ticket: "T-1"),
            by: Author.Operator(name: name, environment: .sandbox, version: "1.0"),
            rules: rules
        )
    }

    private func today() -> CivilDate { CivilDate(Date(), in: .gmt) }

    // MARK: - Identity

    @Test("a request through a channel that is not trusted waits until the identity was verified")
    func identity() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.submit(.access, "customer-42", channel: "phone")
        let other = try await database.submit(.access, "customer-43", channel: "web")
        let counts = try await database.admit(run, gates: GateRules(checksIdentity: true, trustedChannels: ["web"]))
        #expect(counts.readyWaitingRefused == [1, 1, 0])
        #expect(try await database.claim(run).map(\.id) == [other])
        #expect(try await database.column("waiting_for", of: id) == "identity")
        #expect(try await database.store.detail(of: id)?.closedGates == [.identity])
        #expect(try await database.store.releaseWaiting(run: run).opened == 0)

        let made = try await Self.decide(.identityChecked(.calledBack, by: "Cy"), on: id, in: database)
        #expect(made == .made(.pending, waitingFor: nil))
        #expect(try await database.claim(run).map(\.id) == [id])
        let detail = try #require(try await database.store.detail(of: id))
        #expect(
            detail.identityMethod == .calledBack && detail.identityCheckedBy == "Cy" && detail.identityCheckedAt != nil
        )
        let entry = try #require(try await database.entries(of: id).first { $0.event == "identity_checked" })
        #expect(entry.actor == "Bo" && entry.ticket == "T-1" && entry.environment == "sandbox" && entry.run == nil)
        try await database.expectSoundEvidence()
    }

    @Test("a request can need an identity check by itself, whatever the channel")
    func identityOnRequest() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        try await database.run(
            "insert into dsr.subject_requests (kind, integration_id, needs_identity) values ('access', 'customer-42', true)"
        )
        #expect(try await database.admit(run).readyWaitingRefused == [0, 1, 0])
    }

    @Test("an unverified request never blocks other requests")
    func stranger() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let stranger = try await database.submit(.access, "customer-42", channel: "phone")
        let genuine = try await database.submit(.erasure, "customer-42", channel: "web")
        try await database.admit(run, gates: GateRules(checksIdentity: true, trustedChannels: ["web"]))
        #expect(try await database.claim(run).map(\.id) == [genuine])
        #expect(try await database.column("waiting_for", of: stranger) == "identity")
        // Once verified it is the subject's own, and comes first.
        let later = try await database.submit(.erasure, "customer-42", channel: "web")
        _ = try await Self.decide(.identityChecked(.inPerson, by: "Cy"), on: stranger, in: database)
        try await database.admit(run)
        #expect(try await database.column("waiting_for", of: later) == "older_request")
    }

    // MARK: - Clarification

    @Test("a request waits while a question to the customer is open, and the deadline says why")
    func clarification() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.access, "customer-42", run: run)
        #expect(
            try await Self.decide(.suspended(.clarification, askedOn: today()), on: id, in: database)
                == .made(.waiting, waitingFor: .clarification)
        )
        #expect(try await database.claim(run).isEmpty)
        let open = try #require(try await database.store.detail(of: id))
        #expect(open.closedGates == [.clarification])
        #expect(open.deadline?.steps.contains { $0.rule == .stillOpen } == true)
        #expect(
            try await Self.decide(.resumed(.clarification, answeredOn: today()), on: id, in: database)
                == .made(.pending, waitingFor: nil)
        )
        let ended = try #require(try await database.store.detail(of: id))
        #expect(ended.deadline?.steps.contains { $0.rule == .paused } == true && ended.suspensions.count == 1)
        #expect(try await database.claim(run).map(\.id) == [id])
    }

    @Test("a question about the identity closes that gate, and the check answers it")
    func identityQuestion() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.erasure, "customer-42", run: run)
        #expect(
            try await Self.decide(.suspended(.identity, askedOn: today()), on: id, in: database)
                == .made(.waiting, waitingFor: .identity)
        )
        // The answer alone proves nothing.
        #expect(
            try await Self.decide(.resumed(.identity, answeredOn: today()), on: id, in: database)
                == .made(.waiting, waitingFor: .identity)
        )
        _ = try await Self.decide(.suspended(.identity, askedOn: today()), on: id, in: database)
        #expect(
            try await Self.decide(.identityChecked(.emailConfirmed, by: "Cy"), on: id, in: database)
                == .made(.pending, waitingFor: nil)
        )
        #expect(try await database.store.detail(of: id)?.suspensions.allSatisfy { $0.answeredOn != nil } == true)
    }

    // MARK: - Approval

    @Test("an erasure waits for a second operator, and an approval is stale once the request has changed")
    func approval() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.submit(.erasure, "customer-42", requestedBy: "Ada Lovelace")
        let access = try await database.submit(.access, "customer-43", requestedBy: "Ada")
        try await database.admit(run, gates: GateRules(approvesErasures: true))
        #expect(try await database.claim(run).map(\.id) == [access])
        #expect(try await database.store.detail(of: id)?.closedGates == [.approval])

        let own = try await Self.decide(.approved, on: id, in: database, by: " ADA  lovelace")
        guard case .notMade(.notAllowed) = own else {
            Issue.record("approved by the requester: \(own)")
            return
        }
        #expect(try await Self.decide(.approved, on: id, in: database) == .made(.pending, waitingFor: nil))

        // Changed with the triggers off, it is not what was approved.
        try await database.run(
            """
            alter table dsr.subject_requests disable trigger check_changed_request;
            update dsr.subject_requests set integration_id = 'somebody-else' where id = \(id);
            alter table dsr.subject_requests enable trigger check_changed_request
            """
        )
        #expect(try await database.claim(run).isEmpty)
        #expect(try await database.column("state || ' ' || waiting_for", of: id) == "waiting approval")
        #expect(try await database.store.detail(of: id)?.isApprovalCurrent == false)
        // Approved again, it is.
        #expect(try await Self.decide(.approved, on: id, in: database) == .made(.pending, waitingFor: nil))
    }

    @Test(
        "the approver is neither the requester, nor the operator who submitted it, nor the role that inserted it",
        arguments: [
            ("Ada Lovelace", "ADA  lovelace"), ("Ada Lovelace", "Ａda\u{A0}Lovelace"), ("Änne", "ÄNNE"),
            ("Straße", "STRASSE"), ("Ada", "A\u{200B}da"), ("Ada", "Zoe"), ("Ada", "zoë"), ("Ada", "POSTGRES"),
            ("Ada", "\u{410}d\u{430}"), ("TOM", "\u{422}\u{41E}\u{39C}"), ("Ada", "A\u{FE0F}da"),
        ]
    )
    func twoPersons(requester: String, approver: String) async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        var submission = Submission(right: .erasure, subject: try SubjectID("customer-42"), requestedBy: requester)
        submission.submittedBy = "Zoe\u{308}"
        let id = try await database.store.submit(submission)
        try await database.admit(run, gates: GateRules(approvesErasures: true))
        let made = try await Self.decide(.approved, on: id, in: database, by: approver)
        guard approver != "Zoe" else {
            #expect(made == .made(.pending, waitingFor: nil))
            let detail = try #require(try await database.store.detail(of: id))
            #expect(detail.submittedBy == "Zoe\u{308}" && detail.insertedBy == "postgres")
            #expect(detail.approvedWithRole == "approver")
            return
        }
        guard case .notMade(.notAllowed) = made else {
            Issue.record("\(approver) approves what \(requester) requested")
            return
        }
    }

    @Test("an approval by SQL is one like any other, and the requester's own is none")
    func approvalBySQL() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.submit(.erasure, "customer-42", requestedBy: "Ada")
        try await database.admit(run, gates: GateRules(approvesErasures: true))
        let error = try await #require(throws: PostgresError.self) {
            try await database.run("update dsr.subject_requests set approved_by = 'ADA'")
        }
        #expect(error.constraint == "approval_takes_two")
        // Nor is one over the connection that inserted the request.
        let same = try await #require(throws: PostgresError.self) {
            try await database.run("update dsr.subject_requests set approved_by = 'Bo', approved_content = ''")
        }
        #expect(same.constraint == "approval_takes_two")
        try await database.approving().run(
            script: "update dsr.subject_requests set approved_by = 'Bo', approved_content = ''",
            named: "approve"
        )
        #expect(try await database.store.releaseWaiting(run: run).opened == 1)
        #expect(try await database.claim(run).map(\.id) == [id])
    }

    @Test("an approval names whom it is about, where the approver says so")
    func approvalOfSubject() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.submit(.erasure, "customer-42", requestedBy: "Ada")
        try await database.admit(run, gates: GateRules(approvesErasures: true))
        for (subject, result) in [
            ("customer-41", DecisionResult.notFound), ("customer-42", .made(.pending, waitingFor: nil)),
        ] {
            let made = try await Store(connection: database.approving()).decide(
                .approved,
                on: id,
                because: Justification(ticket: "T-1"),
                by: Self.operator,
                subject: try SubjectID(subject),
                rules: Self.rules
            )
            #expect(made == result)
        }
    }

    // MARK: - Waiting period

    @Test("an erasure is not carried out before its waiting period is over, and can be withdrawn until then")
    func waitingPeriod() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let gates = GateRules(erasureWaitDays: 7)
        let waiting = try await database.submit(.erasure, "customer-1")
        let cancelled = try await database.submit(.erasure, "customer-2")
        let access = try await database.submit(.access, "customer-3")
        let over = try await database.submit(.erasure, "customer-4", receivedAt: Date().addingTimeInterval(-7 * 86_400))
        #expect(try await database.admit(run, gates: gates).readyWaitingRefused == [2, 2, 0])
        #expect(try await database.claim(run).map(\.id) == [over, access])
        #expect(try await database.store.detail(of: waiting)?.closedGates == [.waitingPeriod])
        #expect(try await Self.decide(.cancelled, on: cancelled, in: database) == .made(.cancelled, waitingFor: nil))

        // A week later.
        try await database.run(
            """
            alter table dsr.subject_requests disable trigger check_changed_request;
            update dsr.subject_requests set not_erased_before = current_date where id = \(waiting);
            alter table dsr.subject_requests enable trigger check_changed_request
            """
        )
        #expect(try await database.store.releaseWaiting(run: run).opened == 1)
        #expect(try await database.claim(run).map(\.id) == [waiting])
    }

    // MARK: - Rules that change

    @Test("stricter rules reach what was admitted before, and looser ones open nothing")
    func tightened() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.submit(.erasure, "customer-42", channel: " Phone")
        try await database.admit(run)
        let rules = GateRules(checksIdentity: true, approvesErasures: true, erasureWaitDays: 7)
        try await database.store.tighten(rules)
        #expect(try await database.claim(run).isEmpty)
        #expect(try await database.store.detail(of: id)?.closedGates == [.identity, .approval, .waitingPeriod])
        try await database.store.tighten(GateRules())
        #expect(try await database.store.detail(of: id)?.closedGates == [.identity, .approval, .waitingPeriod])
    }

    @Test("gates are opened one by one, and the row says which is next")
    func oneByOne() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.submit(.erasure, "customer-42", channel: "phone")
        try await database.admit(run, gates: GateRules(checksIdentity: true, approvesErasures: true))
        #expect(
            try await Self.decide(.identityChecked(.knownSecret, by: "Cy"), on: id, in: database)
                == .made(.waiting, waitingFor: .approval)
        )
        #expect(try await Self.decide(.approved, on: id, in: database) == .made(.pending, waitingFor: nil))
        #expect(
            try await database.events(of: id) == [
                "received", "admitted", "waiting", "identity_checked", "waiting", "approved", "ready",
            ]
        )
    }
}
