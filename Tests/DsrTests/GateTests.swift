import Foundation
import TalonOneSandbox
import TestHouse
import Testing

/// Each gate through the binary: it stops, it opens, it explains itself.
@Suite("Gates, through the binary")
struct GateTests {
    /// Inserts a request by SQL, as somebody's intake does.
    private func insert(_ kind: String, _ id: String, channel: String? = nil, in house: House) async throws {
        try await house.sql(
            """
            insert into dsr.subject_requests (kind, integration_id, channel, requested_by)
            values ('\(kind)', '\(id)', \(channel.map { "'\($0)'" } ?? "null"), 'intake')
            """
        )
    }

    @Test("identity: who asks through a channel that needs it is checked first, and nobody else")
    func identity() async throws {
        try await House.with(environment: ["DSR_GATES_IDENTITY_CHANNELS": "phone,letter"]) { house in
            try await house.makeCustomer("anna")
            try await insert("access", "anna", channel: "phone", in: house)
            try await insert("erasure", "anna", channel: "web", in: house)
            let ended = try await house.dsr("run").expect(1)
            #expect(ended.out.contains("waiting for identity"))
            // The stranger's request has not held back the genuine one.
            #expect(try await house.ending(of: 2) == "completed erased")
            let shown = try await house.dsr("requests", "show", "1").expect(0).out
            #expect(shown.contains("identity, closed: Nobody has checked yet who asks (Art. 12(6) GDPR)"))
            #expect(shown.contains("'dsr requests verify'"))

            try await house.dsr("requests", "verify", "1", "--method", "called_back", "--ticket", "T-1").expect(0)
            #expect(
                try await house.dsr("requests", "verify", "1", "--method", "called_back", "--ticket", "T-1").expect(0)
                    .out
                    .contains("was checked before")
            )
            #expect(try await house.dsr("requests", "show", "1").expect(0).out.contains("identity, open: verified by"))
            try await house.dsr("run").expect(0)
            #expect(try await house.ending(of: 1) == "completed no_data")
        }
    }

    @Test("approval: an erasure waits for somebody else, who may approve it before any run has seen it")
    func approval() async throws {
        try await House.with(environment: ["DSR_GATES_APPROVAL": "true"]) { house in
            try await house.makeCustomer("anna")
            try await house.makeCustomer("bob")
            try await house.dsr("submit", "erasure", "bob").expect(0)
            try await insert("erasure", "anna", in: house)
            #expect(
                try await house.dsr("requests", "approve", "1", "--reason", "fine").expect(64).err
                    .contains("approved by somebody else")
            )
            #expect(
                try await house.dsr("requests", "approve", "2", "--subject", "bob", "--ticket", "T-1").expect(64).err
                    .contains("about a different customer")
            )
            let approved = try await house.dsr(
                "requests",
                "approve",
                "2",
                "--subject",
                "-",
                "--ticket",
                "T-1",
                input: "anna\n"
            )
            #expect(try approved.expect(0).out == "Request 2 approved; it is pending.\n")
            #expect(try await house.dsr("run").expect(1).out.contains("waiting for approval"))
            #expect(try await house.ending(of: 2) == "completed erased")
            #expect(await house.sandbox.hasProfile("bob"))
            let shown = try await house.dsr("requests", "show", "1").expect(0).out
            #expect(shown.contains("approval, closed: The erasure is not approved"))
            // Somebody who was asked by SQL to approve does it there; the requester cannot.
            let own = try await house.psql("update dsr.subject_requests set approved_by = requested_by where id = 1")
            #expect(own.code != 0 && own.err.contains("not approved by who requested it"))
            try await house.sql("update dsr.subject_requests set approved_by = 'dpo' where id = 1")
            try await house.dsr("run").expect(0)
            #expect(try await house.ending(of: 1) == "completed erased")
        }
    }

    @Test("legal hold: it stops the erasure and not the access, explains itself, and its release lets the erasure go")
    func legalHold() async throws {
        try await House.withEvidence { house, _ in
            try await house.makeCustomer("anna")
            try await insert("erasure", "anna", in: house)
            let words = ["requests", "hold", "--ground", "b", "--law", "section 147 AO", "--review-on", "2099-01-01"]
            let placed = try await house.dsr(words + ["--subject", "anna", "--ticket", "T-1"]).expect(0)
            #expect(placed.out.hasPrefix("Hold 1 is placed."))
            #expect(
                try await house.dsr(words + ["--request", "1", "--ticket", "T-1"]).expect(0).out
                    .contains("existed before")
            )
            try await insert("access", "anna", in: house)
            try await house.dsr("run").expect(0)
            #expect(try await house.ending(of: 2) == "completed exported")
            #expect(await house.sandbox.hasProfile("anna"))
            #expect(
                try await house.dsr("requests", "show", "1").expect(0).out
                    .contains("legal_hold, closed: A legal hold keeps the person's data (Art. 17(3) GDPR)")
            )
            #expect(try await house.dsr("requests", "holds").expect(0).out.contains("Art. 17(3)(b)\tsection 147 AO"))

            try await house.dsr("requests", "release", "1", "--reason", "over").expect(0)
            try await house.dsr("requests", "release", "1", "--reason", "over").expect(0)
            try await house.dsr("run").expect(0)
            #expect(try await house.ending(of: 1) == "completed erased")
            try await house.dsr("evidence", "verify").expect(0)
        }
    }

    @Test("legal hold: without the subject key none can be placed, and with another key nobody is erased")
    func holdKeys() async throws {
        try await House.withEvidence { house, _ in
            let words = [
                "requests", "hold", "--ground", "e", "--law", "case 12", "--review-on", "2099-01-01", "--subject", "x",
                "--ticket", "T-1",
            ]
            var without = house.environment
            without["DSR_SUBJECT_KEY_FILE"] = nil
            #expect(try await House.run(words, without).expect(78).err.contains("DSR_SUBJECT_KEY_FILE"))
            try await house.dsr(words).expect(0)
            try await house.makeCustomer("anna")
            try await insert("erasure", "anna", in: house)
            try await House.run(["evidence", "key", house.folder + "/other", "--kind", "subject"], [:]).expect(0)
            let other = try await house.dsr("run", setting: ["DSR_SUBJECT_KEY_FILE": house.folder + "/other"]).expect(1)
            #expect(other.out.contains("waiting for hold_uncertain"))
            #expect(await house.sandbox.hasProfile("anna"))
            try await house.dsr("run").expect(0)
            #expect(try await house.ending(of: 1) == "completed erased")
        }
    }

    @Test("waiting period: an erasure can be thought over, and withdrawn")
    func waitingPeriod() async throws {
        try await House.with(environment: ["DSR_GATES_ERASURE_WAIT_DAYS": "7"]) { house in
            try await house.makeCustomer("anna")
            try await insert("erasure", "anna", in: house)
            #expect(try await house.dsr("run").expect(0).out.contains("waiting for waiting_period"))
            let shown = try await house.dsr("requests", "show", "1").expect(0).out
            #expect(shown.contains("waiting_period, closed: The erasure can still be thought over"))
            #expect(shown.contains("waiting_period: not erased before"))
            try await house.dsr("requests", "cancel", "1", "--reason", "The person has changed their mind.").expect(0)
            try await house.dsr("run").expect(0)
            #expect(try await house.ending(of: 1) == "cancelled -")
            #expect(await house.sandbox.hasProfile("anna"))
            #expect(
                try await house.dsr("requests", "retry", "1", "--ticket", "T-1").expect(64).err
                    .contains("request 1 is cancelled")
            )
        }
    }

    @Test("clarification: a question to the person stops the work, and the answer lets it go on")
    func clarification() async throws {
        try await House.with { house in
            try await insert("access", "anna", in: house)
            try await house.dsr("requests", "suspend", "1", "--for", "clarification", "--ticket", "T-1").expect(0)
            #expect(try await house.dsr("run").expect(1).out.contains("waiting for clarification"))
            let shown = try await house.dsr("requests", "show", "1").expect(0).out
            #expect(shown.contains("clarification, closed: The person was asked what they mean (Recital 63 GDPR)"))
            #expect(
                shown.contains("and has not answered; that counts once they have (Art. 12(6) and Recital 63 GDPR).")
            )
            try await house.dsr("requests", "resume", "1", "--for", "clarification", "--ticket", "T-1").expect(0)
            try await house.dsr("run").expect(0)
            #expect(try await house.ending(of: 1) == "completed no_data")
        }
    }

    @Test("a hold that comes while the erasure is in work stops it before its call")
    func holdDuringRun() async throws {
        try await House.withEvidence { house, _ in
            try await house.makeCustomer("anna")
            try await insert("erasure", "anna", in: house)
            let match = SandboxMatch(operation: "getCustomerInventory", identifier: "anna")
            await house.sandbox.install(SandboxFault(.hang, match: match, count: 1))
            async let run = house.dsr("run")
            _ = try await house.sandbox.waitForRequest(matching: match)
            let placed = try await house.dsr(
                [
                    "requests", "hold", "--request", "1", "--ground", "e", "--law", "case 12", "--review-on",
                    "2099-01-01",
                    "--ticket", "T-1",
                ]
            )
            await house.sandbox.clearFaults()
            #expect(try placed.expect(0).out.contains("stopped before the call is sent: request 1"))
            try await run.expect(0)
            #expect(await house.sandbox.counts().destructive.isEmpty)
            #expect(await house.sandbox.hasProfile("anna"))
            #expect(try await house.texts("select waiting_for as t from dsr.subject_requests") == ["legal_hold"])
        }
    }
}
