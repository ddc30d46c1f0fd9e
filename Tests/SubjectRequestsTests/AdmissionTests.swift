import Foundation
import SubjectRequests
import Testing

@Suite("Admission")
struct AdmissionTests {
    private func verdict(
        kind: String = "access",
        id: String = "customer-42",
        changes: String? = nil,
        receivedAt: String = "2026-03-05T12:00:00Z",
        zone: String = "Europe/Berlin"
    ) throws -> Admission.Verdict {
        let request = NewRequest(
            id: 1,
            kind: kind,
            integrationID: id,
            receivedAt: try Date(receivedAt, strategy: .iso8601),
            changes: changes
        )
        let rules = DeadlineRules(zone: try #require(TimeZone(identifier: zone)))
        return Admission(deadlines: rules).verdict(on: request)
    }

    /// The answer-by date, if the row is admitted.
    private func answerBy(_ verdict: Admission.Verdict) -> CivilDate? {
        guard case .admitted(_, let deadline, _) = verdict else { return nil }
        return deadline.answerBy
    }

    @Test(
        "the month counts from the date of receipt in the controller's time zone",
        arguments: [
            ("2026-03-05T12:00:00Z", "Europe/Berlin", "2026-04-05"),
            ("2026-01-30T23:30:00Z", "Europe/Berlin", "2026-02-28"),
            ("2026-02-27T23:30:00Z", "Europe/Berlin", "2026-03-28"),
            ("2026-02-28T23:30:00Z", "Europe/Berlin", "2026-04-01"),
            ("2026-02-28T23:30:00Z", "UTC", "2026-03-28"),
            ("2026-12-31T23:30:00Z", "Europe/Berlin", "2027-02-01"),
            ("2026-12-31T23:30:00Z", "UTC", "2027-01-31"),
            ("2028-01-31T12:00:00Z", "Europe/Berlin", "2028-02-29"),
            // A Sunday stays: the answer-by date is not moved to a working day.
            ("2026-02-01T12:00:00Z", "Europe/Berlin", "2026-03-01"),
        ]
    )
    func deadline(receivedAt: String, zone: String, answerBy: String) throws {
        #expect(try self.answerBy(verdict(receivedAt: receivedAt, zone: zone))?.description == answerBy)
    }

    @Test("every right is admitted by its name", arguments: Right.allCases)
    func rights(right: Right) throws {
        let changes = right == .rectification ? #"{"Name":"Ada"}"# : nil
        #expect(try answerBy(verdict(kind: right.rawValue, changes: changes))?.description == "2026-04-05")
    }

    @Test(
        "a row that can never be processed is refused with a reason that quotes nothing of it",
        arguments: [
            ("secret-kind", "customer-42", nil, "the kind is unknown"),
            ("Access", "customer-42", nil, "the kind is unknown"),
            ("", "customer-42", nil, "the kind is unknown"),
            ("access", "", nil, "empty"),
            ("access", "..", nil, "dot segment"),
            ("erasure", "secret\u{7}", nil, "control character"),
            ("erasure", String(repeating: "x", count: 1_001), nil, "longer than 1,000 characters"),
            ("rectification", "customer-42", nil, "needs changes"),
            ("rectification", "customer-42", "[]", "must be a JSON object"),
            ("rectification", "customer-42", "{}", "needs changes"),
        ] as [(String, String, String?, String)]
    )
    func refusals(kind: String, id: String, changes: String?, reason: String) throws {
        guard case .refused(let invalid) = try verdict(kind: kind, id: id, changes: changes) else {
            Issue.record("the row was admitted")
            return
        }
        #expect(invalid.reason.contains(reason))
        #expect(!invalid.description.contains("secret"))
        #expect(!invalid.description.contains("customer-42"))
    }

    @Test(
        "the gates of a request depend on its right and channel, and it has none unless they are configured"
    )
    func gates() throws {
        let rules = DeadlineRules(zone: .gmt)
        let gates = GateRules(
            checksIdentity: true,
            trustedChannels: ["Web "],
            approvesErasures: true,
            erasureWaitDays: 7
        )
        func needs(_ right: Right, _ channel: String?, _ gates: GateRules) throws -> GateNeeds? {
            let request = NewRequest(
                id: 1,
                kind: right.rawValue,
                integrationID: "customer-42",
                receivedAt: try Date("2026-03-05T23:59:00Z", strategy: .iso8601),
                channel: channel
            )
            guard case .admitted(_, _, let needs) = Admission(deadlines: rules, gates: gates).verdict(on: request)
            else {
                return nil
            }
            return needs
        }
        #expect(try needs(.access, "phone", gates) == GateNeeds(identity: true))
        // A channel that is not trusted is checked, however it is written.
        #expect(try needs(.access, "PHONE", gates) == GateNeeds(identity: true))
        #expect(try needs(.access, " phone", gates) == GateNeeds(identity: true))
        #expect(try needs(.access, "web", gates) == GateNeeds())
        #expect(try needs(.access, " WEB", gates) == GateNeeds())
        // One that is not named, or named in another way, is not trusted.
        for channel in [nil, "", "webform", "we b"] {
            #expect(try needs(.access, channel, gates) == GateNeeds(identity: true))
        }
        #expect(
            try needs(.erasure, "web", gates) == GateNeeds(approval: true, notErasedBefore: day("2026-03-12"))
        )
        for right in [Right.access, .portability, .erasure] {
            #expect(try needs(right, "phone", GateRules()) == GateNeeds())
        }
    }

    @Test("a row prints neither the customer nor the changes")
    func redaction() throws {
        let request = NewRequest(
            id: 7,
            kind: "rectification",
            integrationID: "canary",
            receivedAt: .now,
            changes: #"{"canary":1}"#
        )
        #expect(everyPrint(of: request).allSatisfy { !$0.contains("canary") })
    }
}
