import Foundation
import Postgres
import Store
import SubjectRequests
import Testing

/// Two connections, stepped by hand: a gate closes while a run is on its way to the call.
@Suite("A gate that closes after the claim stops the API request")
struct GateRaceTests {
    private let key = Data(repeating: 1, count: 8)
    private let digest = Data(repeating: 7, count: 32)

    private func hold(in store: Store) async throws -> PlacedHold {
        try await store.placeHold(
            LegalHold(
                ground: .e,
                sourceOfLaw: "case 12/26",
                reviewOn: CivilDate(Date(), in: .gmt).adding(days: 30)
            ),
            on: try SubjectID("customer-42"),
            digest: digest,
            keyID: key,
            because: Justification(ticket: "T-1"),
            by: GateTests.operator
        )
    }

    @Test("a hold that commits while the claim is under way stops the call, and the erasure waits")
    func holdDuringClaim() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.erasure, "customer-42", run: run)
        let claimer = try await database.anotherStore()
        let blocker = try await database.connection()

        // The claim has found the gates open, and waits for its turn in the log. The hold waits behind it for the row.
        try await blocker.run(script: "begin; select from dsr.evidence_head for update", named: "block")
        async let claimed = claimer.claim(ClaimQuery(limit: 1, scope: .all), run: run)
        try await database.waitUntilBlocked(1)
        let holder = try await database.anotherStore()
        async let placed = hold(in: holder)
        try await database.waitUntilBlocked(2)
        try await blocker.run(script: "commit", named: "release")
        let request = try #require(try await claimed.requests.first)
        let hold = try await placed
        #expect(hold.stopped == [id] || hold.heldBack == [id])

        let permission = try await database.store.announce(
            [Intent(.deleteCustomerData, under: request.claim)],
            run: run
        )
        #expect(permission == [.closed(.legalHold)])
        #expect(try await !database.events(of: id).contains("sending"))
        #expect(try await database.store.record([request.returned()], run: run) == [id])
        #expect(try await database.claim(run).isEmpty)
        #expect(try await database.column("waiting_for", of: id) == "legal_hold")
        try await database.expectSoundEvidence()
    }

    @Test(
        "a hold that comes while a deletion is being announced waits for it, and says that it was too late",
        arguments: [Intent.Action.deleteCustomerData, .deleteUnknownCustomer]
    )
    func holdDuringAnnouncement(deletion: Intent.Action) async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.erasure, "customer-42", run: run)
        let request = try #require(try await database.claim(run).first)
        let announcer = try await database.anotherStore()
        let blocker = try await database.connection()

        try await blocker.run(script: "begin; select from dsr.evidence_head for update", named: "block")
        async let permission = announcer.announce([Intent(deletion, under: request.claim)], run: run)
        try await database.waitUntilBlocked(1)
        async let placed = hold(in: database.store)
        try await database.waitUntilBlocked(2)
        try await blocker.run(script: "commit", named: "release")
        #expect(try await permission == [.granted])
        #expect(try await placed.tooLate == [id])
    }

    @Test("an announcement that comes while a hold is being placed waits for it, and is not made")
    func announcementDuringHold() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.erasure, "customer-42", run: run)
        let request = try #require(try await database.claim(run).first)
        let holder = try await database.anotherStore()
        let blocker = try await database.connection()

        try await blocker.run(script: "begin; select from dsr.evidence_head for update", named: "block")
        async let placed = hold(in: holder)
        try await database.waitUntilBlocked(1)
        async let permission = database.store.announce([Intent(.deleteCustomerData, under: request.claim)], run: run)
        try await database.waitUntilBlocked(2)
        try await blocker.run(script: "commit", named: "release")
        #expect(try await placed.stopped == [id])
        #expect(try await permission == [.closed(.legalHold)])
    }

    @Test(
        "whichever gate closes after the claim, no API request is announced",
        arguments: [
            ("identity", "update dsr.subject_requests set needs_identity = true"),
            ("approval", "update dsr.subject_requests set needs_approval = true"),
            ("waiting_period", "update dsr.subject_requests set not_erased_before = current_date + 1"),
            (
                "clarification",
                "insert into dsr.suspensions (request_id, cause, asked_on) values (1, 'clarification', current_date)"
            ),
            (
                "older_request",
                "insert into dsr.subject_requests (kind, integration_id) values ('access', 'customer-42')"
            ),
            (
                "hold_uncertain",
                """
                insert into dsr.legal_holds (subject_digest, subject_key_id, ground, source_of_law, placed_by, review_on)
                values (sha256('x'), '\\x0102030405060708', 'b', 'x', 'x', current_date)
                """
            ),
        ]
    )
    func anyGate(gate: String, sql: String) async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.erasure, "customer-42", run: run)
        let request = try #require(try await database.claim(run).first)
        try await database.run(sql)
        for action in [Intent.Action.releaseReservation, .deleteCustomerData] {
            #expect(
                try await database.store.announce([Intent(action, under: request.claim)], run: run) == [
                    .closed(try #require(Gate(rawValue: gate)))
                ]
            )
        }
        #expect(try await database.events(of: id).last == "claimed")
        _ = try await database.store.record([request.returned()], run: run)
        #expect(
            try await database.store.claim(ClaimQuery(limit: 9, scope: .all), run: run).requests.map(\.id).contains(id)
                == false
        )
        #expect(try await database.column("waiting_for", of: id) == gate)
    }

    @Test("a request that a run is processing is not refused, cancelled or approved")
    func decisionsOnRunning() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.erasure, "customer-42", run: run)
        _ = try await database.claim(run)
        for decision in [Decision.cancelled, .refused(.unfounded, toldOn: nil), .approved] {
            guard case .notMade(.notAllowed(let sentence)) = try await GateTests.decide(decision, on: id, in: database)
            else {
                Issue.record("\(decision) was made")
                continue
            }
            #expect(sentence.contains("run \(run) is processing request \(id)"))
        }
    }
}
