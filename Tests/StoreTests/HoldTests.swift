import Foundation
import Postgres
import Store
import SubjectRequests
import Testing

@Suite("Legal holds")
struct HoldTests {
    private static let key = Data(repeating: 1, count: 8)
    private static let otherKey = Data(repeating: 2, count: 8)

    private static func digest(_ subject: String, key: Data = key) -> Data {
        var bytes = Data(subject.utf8) + key
        bytes.append(Data(repeating: 0, count: max(0, 32 - bytes.count)))
        return bytes.prefix(32)
    }

    private static func day(_ days: Int) -> CivilDate { CivilDate(Date(), in: .gmt).adding(days: days) }

    private func place(
        _ subject: String,
        in database: Database,
        key: Data = key,
        review: Int = 30,
        expires: Int? = nil
    ) async throws -> PlacedHold {
        try await database.store.placeHold(
            LegalHold(
                ground: .b,
                sourceOfLaw: "section 147 AO",
                reviewOn: Self.day(review),
                expiresOn: expires.map(Self.day)
            ),
            on: try SubjectID(subject),
            digest: Self.digest(subject, key: key),
            keyID: key,
            because: Justification(ticket: "T-1"),
            by: GateTests.operator
        )
    }

    /// Admits all that is new, with digests of a key.
    private func admit(_ database: Database, run: Int64, key: Data? = key) async throws {
        let admission = Admission(deadlines: GateTests.rules)
        let rows = try await database.store.newRequests(after: 0, limit: 100)
        let batch = rows.map { row in
            AdmittedRequest(
                admission.verdict(on: row),
                on: row,
                salt: Data(repeating: UInt8(row.id), count: 32),
                digest: key.map { Self.digest(row.integrationID, key: $0) }
            )
        }
        _ = try await database.store.admit(batch, keyID: key, by: .run(run))
    }

    @Test("a hold stops a pending erasure and never an access, and its release brings the erasure back by itself")
    func stopsAndReleases() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let erasure = try await database.submit(.erasure, "customer-42")
        let other = try await database.submit(.erasure, "customer-43")
        try await admit(database, run: run)
        let placed = try await place("customer-42", in: database)
        #expect(placed.heldBack == [erasure] && placed.stopped.isEmpty && placed.tooLate.isEmpty && !placed.existed)
        #expect(try await database.column("waiting_for", of: erasure) == "legal_hold")
        #expect(try await database.store.detail(of: erasure)?.closedGates == [.legalHold])

        // An access, and an erasure that comes after the hold.
        let access = try await database.submit(.access, "customer-42")
        let later = try await database.submit(.erasure, "customer-42")
        try await admit(database, run: run)
        #expect(try await Set(database.claim(run).map(\.id)) == [other, access])
        #expect(try await database.store.holds(after: 0, includingOver: false, limit: 9).map(\.heldBack) == [2])
        _ = try await database.store.record(
            [try held(access).completed(.exported([]))],
            run: run
        )
        #expect(try await database.store.releaseWaiting(run: run).opened == 0)

        let released = try #require(
            try await database.store.releaseHold(
                placed.id,
                because: Justification(ticket: "T-2"),
                by: GateTests.operator
            )
        )
        #expect(!released.wasReleased && released.ready == 1)
        #expect(try await database.claim(run).map(\.id) == [erasure])
        #expect(try await database.column("waiting_for", of: later) == "older_request")

        let events = try await database.entries().filter { ["held", "released"].contains($0.event) }
        #expect(events.map(\.event) == ["held", "released"] && events.map(\.ticket) == ["T-1", "T-2"])
        #expect(events.allSatisfy { $0.actor == "Bo" && $0.request == nil && $0.environment == "sandbox" })
        try await database.expectSoundEvidence()
    }

    @Test("placing and releasing are idempotent; a new review date is a decision of its own")
    func idempotent() async throws {
        let database = try await Database.fresh()
        let first = try await place("customer-42", in: database)
        let size = try await database.logSize()
        let again = try await place("customer-42", in: database)
        #expect(again.id == first.id && again.existed)
        #expect(try await database.logSize() == size)
        let reviewed = try await place("customer-42", in: database, review: 60)
        #expect(reviewed.id == first.id)
        #expect(try await database.entries().map(\.event) == ["held", "reviewed"])
        for wasReleased in [false, true] {
            let released = try await database.store.releaseHold(
                first.id,
                because: Justification(ticket: "T-1"),
                by: GateTests.operator
            )
            #expect(released?.wasReleased == wasReleased)
        }
        #expect(try await database.logSize() == size + 2)
        let none = try await database.store.releaseHold(99, because: Justification(ticket: "T"), by: GateTests.operator)
        #expect(none == nil)
    }

    @Test("a hold that expires lets the erasure go by itself; one whose review is due does not")
    func expiry() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let expiring = try await database.submit(.erasure, "customer-1")
        let reviewed = try await database.submit(.erasure, "customer-2")
        try await admit(database, run: run)
        _ = try await place("customer-1", in: database, expires: 0)
        _ = try await place("customer-2", in: database)
        #expect(try await database.store.releaseWaiting(run: run).opened == 0)
        try await database.run(
            """
            alter table dsr.legal_holds disable trigger check_changed_hold;
            update dsr.legal_holds set expires_on = expires_on - 1, review_on = current_date;
            alter table dsr.legal_holds enable trigger check_changed_hold
            """
        )
        #expect(try await database.store.releaseWaiting(run: run).opened == 1)
        #expect(try await database.claim(run).map(\.id) == [expiring])
        #expect(try await database.column("waiting_for", of: reviewed) == "legal_hold")
        #expect(try await database.store.attention().holdsToReview == 1)
        let holds = try await database.store.holds(after: 0, includingOver: true, limit: 9)
        #expect(holds.map(\.isExpired) == [true, false] && holds.map(\.isDueForReview) == [true, true])
    }

    @Test("where digests are under different keys, or missing, erasures wait for an operator")
    func uncertain() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        _ = try await place("somebody-else", in: database)
        let without = try await database.submit(.erasure, "customer-1")
        try await admit(database, run: run, key: nil)
        let otherKey = try await database.submit(.erasure, "customer-2")
        try await admit(database, run: run, key: Self.otherKey)
        let same = try await database.submit(.erasure, "customer-3")
        let access = try await database.submit(.access, "customer-4")
        try await admit(database, run: run)
        #expect(try await Set(database.claim(run).map(\.id)) == [same, access])
        for id in [without, otherKey] {
            #expect(try await database.column("waiting_for", of: id) == "hold_uncertain")
        }
        // A run that has the key makes them comparable.
        let rows = try await database.store.requestsToDigest(key: Self.key, after: 0, limit: 9)
        #expect(rows.map(\.id) == [without, otherKey])
        let digests = rows.map { (id: $0.id, digest: Self.digest($0.integrationID)) }
        try await database.store.setDigests(digests, key: Self.key, run: nil)
        #expect(try await database.store.releaseWaiting(run: run).opened == 2)
    }

    @Test("a hold finds requests of the subject that were admitted before there was a key")
    func withoutDigest() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.submit(.erasure, "customer-42")
        try await admit(database, run: run, key: nil)
        #expect(try await place("customer-42", in: database).heldBack == [id])
        #expect(try await database.column("waiting_for", of: id) == "legal_hold")
    }

    @Test(
        "a hold is released and reviewed, and not changed otherwise or taken away",
        arguments: [
            "update dsr.legal_holds set ground = 'a'", "update dsr.legal_holds set subject_digest = sha256('')",
            "update dsr.legal_holds set expires_on = current_date - 1", "delete from dsr.legal_holds",
        ]
    )
    func untouchable(meddling: String) async throws {
        let database = try await Database.fresh()
        _ = try await place("customer-42", in: database)
        let error = try await #require(throws: PostgresError.self) { try await database.run(meddling) }
        #expect(error.constraint == "holds_are_only_released")
    }
}
