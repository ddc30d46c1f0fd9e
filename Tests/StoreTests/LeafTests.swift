import Foundation
import Postgres
import Store
import SubjectRequests
import Testing

@Suite("Leaves")
struct LeafTests {
    /// The keys of a leaf, in the order that `0003_evidence.sql` and docs/evidence-log.md give.
    private static let keys = [
        "v", "index", "time", "event", "request", "right", "received_at", "answer_by", "claim", "action", "state",
        "outcome", "waiting_for", "method", "ground", "cause", "asked_on", "answered_on", "told_on", "hold",
        "review_on", "digest",
        "attributes", "found", "calls", "remains", "reports", "before", "count", "with", "needs", "ended", "reason",
        "ticket", "subject", "run",
        "environment", "version", "actor", "role",
    ]

    private static let events: Set = [
        "received", "admitted", "refused", "waiting", "ready", "claimed", "sending", "recorded", "returned",
        "lease_lost",
        "set_aside", "delivered", "identity_checked", "approved", "suspended", "resumed", "extended", "cancelled",
        "retried", "held", "reviewed", "released", "braked", "brake_released", "unknown_held", "unknown_allowed",
        "forgotten", "digested", "run_ended", "rechecked", "incident_closed", "purged",
    ]

    @Test("every event's leaf has its keys in the documented order, no nulls, and never the customer")
    func keyOrder() async throws {
        let database = try await Database.fresh()
        try await writeEveryEvent(in: database)
        let found = try await database.texts(
            """
            select l.event || ' ' || (select string_agg(k, ' ') from json_object_keys(convert_from(p.payload, 'UTF8')::json) k)
            from dsr.evidence_leaves l join dsr.evidence_payloads p using (index)
            """
        )
        for text in found {
            let keys = (text ?? "").split(separator: " ").dropFirst().map(String.init)
            #expect(keys == Self.keys.filter(keys.contains), "\(text ?? "")")
            #expect(Set(["v", "index", "time", "event", "actor"]).isSubset(of: keys), "\(text ?? "")")
        }
        #expect(Set(try await database.entries().map(\.event)) == Self.events.subtracting(["purged"]))
        let payloads = try await database.texts("select convert_from(payload, 'UTF8') from dsr.evidence_payloads")
        #expect(payloads.allSatisfy { $0?.contains("canary") == false && $0?.contains("null") == false })
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let instants = try await database.entries().map { try style.parse($0.time) }
        #expect(instants == instants.sorted() && instants.allSatisfy { abs($0.timeIntervalSinceNow) < 600 })
        try await database.expectSoundEvidence()

        // The entry about a purge too.
        _ = try await database.store.pruneEvidence(before: .now + 60, reason: "R", actor: "Bo")
        let last = try #require(
            try await database.texts("select convert_from(payload, 'UTF8') from dsr.evidence_payloads").last
        )
        let purge = try #require(last)
        #expect(
            purge.contains(#""event":"purged","before":"#)
                && purge.hasSuffix(#","reason":"R","actor":"Bo","role":"postgres"}"#)
        )
    }

    @Test("the columns of a leaf say what its payload says")
    func columns() async throws {
        let database = try await Database.fresh()
        try await writeEveryEvent(in: database)
        let differing = try await database.texts(
            """
            select l.event from dsr.evidence_leaves l join dsr.evidence_payloads p using (index),
                lateral (select convert_from(p.payload, 'UTF8')::json as j) x
            where (l.event, l.request_id, l.claim_no, l.action, l.state, l.outcome, l.written_at) is distinct from
                (j ->> 'event', (j ->> 'request')::bigint, (j ->> 'claim')::int, j ->> 'action', j ->> 'state',
                 j ->> 'outcome', (j ->> 'time')::timestamptz)
            """
        )
        #expect(differing == [])
        let leaves = try await database.store.auditedLeaves(from: 0, limit: 1_000)
        #expect(leaves.contains { $0.event == "sending" && $0.action == "delete_customer_data" && $0.claim == 1 })
        #expect(leaves.contains { $0.event == "recorded" && $0.state == "completed" && $0.outcome == "exported" })
    }

    @Test("a leaf's bytes are exactly these")
    func bytes() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.submit(.access, "customer-42", ticket: "HD-1")
        try await database.admit(run)
        _ = try await database.claim(run)
        let leaf = try #require(try await database.store.auditedLeaves(from: 2, limit: 1).first)
        let commitment = try #require(try await database.column("encode(subject_commitment, 'hex')", of: id))
        let time = try #require(
            try await database.text(
                """
                select to_char(written_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') from dsr.evidence_leaves
                where index = 2
                """
            )
        )
        let expected = """
            {"v":1,"index":2,"time":"\(time)","event":"claimed","request":\(id),"right":"access","claim":1,\
            "ticket":"HD-1","subject":"\(commitment)","run":\(run),"environment":"sandbox","version":"1.0","actor":"tests",\
            "role":"postgres"}
            """
        #expect(leaf.payload == Data(expected.utf8))
    }

    // MARK: - Every event

    private func writeEveryEvent(in database: Database) async throws {
        let run = try await database.begin()
        try await writeAdmissionAndClaims(in: database, run: run)
        try await writeDecisions(in: database, run: run)
        try await writeCrashes(in: database)
        try await writeErasure(in: database, run: try await database.begin())
    }

    /// received, admitted, refused, waiting, claimed, returned, recorded, ready, delivered.
    private func writeAdmissionAndClaims(in database: Database, run: Int64) async throws {
        try await database.submit(.access, "canary-1@example.com", ticket: "HD-1")
        let rectification = try await database.submit(.rectification, "canary-2@example.com")
        try await database.run(
            """
            alter table dsr.subject_requests disable trigger check_new_request;
            insert into dsr.subject_requests (kind, integration_id) values ('canary', 'canary@example.com');
            alter table dsr.subject_requests enable trigger check_new_request
            """
        )
        try await database.admit(run)
        let claimed = try await database.claim(run)
        _ = try await database.store.record(claimed.map { $0.returned() }, run: run)
        var results: [Resolution] = []
        for request in try await database.claim(run) {
            results.append(
                request.id == rectification
                    ? request.completed(.rectified(attributes: ["Name"]))
                    : completion(of: request, documents: [document("a.txt", of: request.id)])
            )
        }
        _ = try await database.store.record(results, run: run)
        let undelivered = try #require(try await database.nextUndelivered(after: 0))
        try await database.store.markDelivered([undelivered.id], keepDays: 30, by: .run(run))
    }

    /// identity_checked, approved, suspended, resumed, extended, refused, cancelled, retried, waiting, ready, digested.
    private func writeDecisions(in database: Database, run: Int64) async throws {
        let today = CivilDate(Date(), in: .gmt)
        let decisions: [(Right, [Decision])] = [
            (.access, [.suspended(.identity, askedOn: today), .identityChecked(.inPerson, by: "Cy")]),
            (.access, [.suspended(.clarification, askedOn: today), .resumed(.clarification, answeredOn: today)]),
            (.erasure, [.approved, .cancelled]),
            (.access, [.extended(toldOn: today), .refused(.excessive, toldOn: today)]),
        ]
        for (number, (right, sequence)) in decisions.enumerated() {
            let id = try await database.ready(right, "canary-decided-\(number)", run: run)
            for decision in sequence {
                guard case .made = try await GateTests.decide(decision, on: id, in: database) else {
                    Issue.record("\(decision) was not made")
                    continue
                }
            }
            if number < 2 { _ = try await GateTests.decide(.cancelled, on: id, in: database) }
        }
        let failing = try await database.ready(.access, "canary-failing", run: run)
        let key = Data(repeating: 1, count: 8)
        try await database.store.setDigests([(failing, Data(repeating: 2, count: 32))], key: key, run: run)
        let request = try #require(try await database.claim(only: failing, run: run))
        _ = try await database.store.record([request.failed(.refusedByAPI, reason: "No.")], run: run)
        _ = try await GateTests.decide(.retried, on: failing, in: database)
        _ = try await GateTests.decide(.cancelled, on: failing, in: database)
    }

    /// lease_lost, set_aside, sending.
    private func writeCrashes(in database: Database) async throws {
        var run = try await database.begin()
        let id = try await database.ready(.erasure, "canary-crash", run: run)
        for _ in 1...Store.crashesAllowed {
            let request = try #require(try await database.claim(only: id, run: run))
            _ = try await database.store.announce([Intent(.deleteCustomerData, under: request.claim)], run: run)
            try await database.lapse(run)
            run = try await database.begin()
            _ = try await database.store.rescue(run: run)
        }
    }

    /// held, reviewed, released, braked, brake_released, unknown_held, unknown_allowed, rechecked, incident_closed,
    /// forgotten.
    private func writeErasure(in database: Database, run: Int64) async throws {
        let id = try await database.ready(.erasure, "canary-erased", run: run)
        let today = CivilDate(Date(), in: .gmt)
        for days in [1, 2] {
            let hold = LegalHold(ground: .b, sourceOfLaw: "section 147 AO", reviewOn: today.adding(days: days))
            let placed = try await database.store.placeHold(
                hold,
                on: try SubjectID("canary-erased"),
                digest: Data(repeating: 7, count: 32),
                keyID: Data(repeating: 1, count: 8),
                because: Justification(ticket: "T-1"),
                by: GateTests.operator
            )
            guard days == 2 else { continue }
            let why = Justification(ticket: "T-1")
            _ = try await database.store.releaseHold(placed.id, because: why, by: GateTests.operator)
        }
        try await database.store.noteBrake(due: 70, ticket: nil, run: run)
        try await database.store.noteBrake(due: 70, ticket: "T-1", run: run)
        try await database.store.noteUnknown(count: 70, ticket: nil, run: run)
        try await database.store.noteUnknown(count: 70, ticket: "T-1", run: run)
        let request = try #require(try await database.claim(only: id, run: run))
        let recheck = Recheck(dueAfter: .zero, keptFor: .seconds(3_600))
        _ = try await database.store.record([request.completed(.erased([], recheck))], run: run)
        _ = try await database.store.record(.reappeared(["profile: attributes"]), of: id, run: run)
        _ = try await database.store.closeIncident(
            1,
            erasing: false,
            because: Justification(ticket: "T-1"),
            by: GateTests.operator
        )
        let unknown = try await database.ready(.access, "canary-unknown", run: run)
        let claimed = try #require(try await database.claim(only: unknown, run: run))
        _ = try await database.store.record([claimed.completed(.noData([]))], run: run)
        _ = try await database.store.forgetUnknownCustomers(run: run)
    }
}
