import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

/// Each gate by the commands: it closes, it opens, and it explains itself.
@Suite("Each gate stops a request, opens, and explains itself")
struct GateTests {
    @Test("identity: a request through a channel that is not trusted waits for verification, and others do not")
    func identity() async throws {
        try await TestEnvironment.with(environment: ["DSR_GATES_IDENTITY": "true", "DSR_GATES_TRUSTED_CHANNELS": "web"])
        { env in
            try await env.makeCustomer("anna")
            try await env.submit(.access, "anna", channel: "phone")
            try await env.submit(.erasure, "anna", channel: "web")
            let ended = try await env.dsr("run").expect(0)
            #expect(ended.out.contains("waiting for identity"))
            // The stranger's request has not held back the genuine one.
            #expect(try await env.ending(of: 2) == "completed erased")
            let shown = try await env.dsr("requests", "show", "1").expect(0).out
            #expect(shown.contains("identity, closed: The requester's identity is not verified (Art. 12(6) GDPR)"))
            #expect(shown.contains("'dsr requests verify'"))

            try await env.dsr("requests", "verify", "1", "--method", "called_back", "--ticket", "T-1").expect(0)
            #expect(
                try await env.dsr("requests", "verify", "1", "--method", "called_back", "--ticket", "T-1").expect(0)
                    .out
                    .contains("The identity is already verified.")
            )
            #expect(try await env.dsr("requests", "show", "1").expect(0).out.contains("identity, open: verified by"))
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed no_data")
        }
    }

    @Test("approval: an erasure waits for a second operator, who may approve it before any run has seen it")
    func approval() async throws {
        try await TestEnvironment.with(environment: ["DSR_GATES_APPROVAL": "true"]) { env in
            try await env.makeCustomer("anna")
            try await env.makeCustomer("bob")
            try await env.dsr("submit", "erasure", "bob").expect(0)
            try await env.submit(.erasure, "anna")
            #expect(
                try await env.dsr("requests", "approve", "1", "--subject", "bob", "--reason", "fine").expect(64).err
                    .contains("the requester cannot approve their own erasure")
            )
            #expect(
                try await env.dsr("requests", "approve", "2", "--subject", "bob", "--ticket", "T-1").expect(64).err
                    .contains("about a different customer")
            )
            // Nor can the database role that inserted it.
            #expect(
                try await env.dsr("requests", "approve", "2", "--subject", "anna", "--ticket", "T-1").expect(64).err
                    .contains("the requester cannot approve their own erasure")
            )
            let approver = try await env.connectingAsApprover()
            let unnamed = try await env.dsr("requests", "approve", "2", "--ticket", "T-1").expect(64)
            #expect(unnamed.err.contains("--subject"))
            let approved = try await env.dsr(
                "requests",
                "approve",
                "2",
                "--subject",
                "-",
                "--ticket",
                "T-1",
                setting: approver,
                input: "anna\n"
            )
            #expect(try approved.expect(0).out == "Request 2 approved; it is pending.\n")
            #expect(try await env.dsr("run").expect(0).out.contains("waiting for approval"))
            #expect(try await env.ending(of: 2) == "completed erased")
            #expect(await env.sandbox.hasProfile("bob"))
            let shown = try await env.dsr("requests", "show", "1").expect(0).out
            #expect(shown.contains("approval, closed: The erasure is not approved"))
            // Approval by SQL is possible too, and not by the requester.
            let own = try await env.psql("update dsr.subject_requests set approved_by = requested_by where id = 1")
            #expect(own.code != 0 && own.err.contains("the requester cannot approve their own erasure"))
            let other = try await env.psql(
                "update dsr.subject_requests set approved_by = 'dpo' where id = 1",
                as: "approver"
            )
            #expect(other.code == 0, "\(other.err)")
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed erased")
        }
    }

    @Test("legal hold: an answer of the other environment, or about another customer, knows nobody")
    func legalHoldLookup() async throws {
        var (live, another) = (SandboxSettings(), SandboxSettings())
        live.environment = "live"
        another.profileOfAnother = "Anna"
        for (settings, code, reason) in [
            (live, 78, "the credentials belong to live"), (another, 69, "another customer"),
        ] as [(SandboxSettings, Int32, String)] {
            try await TestEnvironment.withEvidence(settings) { env, _ in
                try await env.makeCustomer("anna")
                let ended = try await env.dsr(
                    [
                        "requests", "hold", "--subject", "anna", "--ground", "e", "--law", "case 12", "--review-on",
                        "2099-01-01", "--ticket", "T-1",
                    ]
                ).expect(code)
                #expect(ended.err.contains(reason) && ended.err.contains("no hold was placed"), "\(ended.err)")
                #expect(try await env.count("select count(*) from dsr.legal_holds") == 0)
            }
        }
    }

    @Test("legal hold: it stops the erasure and not the access, and its release lets the erasure continue")
    func legalHold() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            try await env.makeCustomer("anna")
            try await env.submit(.erasure, "anna")
            let words = ["requests", "hold", "--ground", "b", "--law", "section 147 AO", "--review-on", "2099-01-01"]
            let placed = try await env.dsr(words + ["--subject", "anna", "--ticket", "T-1"]).expect(0)
            #expect(
                placed.out == """
                    Hold 1 is placed.
                    Requests of this customer: 1.
                    Talon.One knows this customer.

                    """
            )
            #expect(
                try await env.dsr(words + ["--request", "1", "--ticket", "T-1"]).expect(0).out
                    .contains("existed before")
            )
            try await env.submit(.access, "anna")
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 2) == "completed exported")
            #expect(await env.sandbox.hasProfile("anna"))
            #expect(
                try await env.dsr("requests", "show", "1").expect(0).out
                    .contains("legal_hold, closed: A legal hold keeps the customer's data (Art. 17(3) GDPR)")
            )
            #expect(try await env.dsr("requests", "holds").expect(0).out.contains("Art. 17(3)(b)\tsection 147 AO"))

            try await env.dsr("requests", "release", "1", "--reason", "over").expect(0)
            try await env.dsr("requests", "release", "1", "--reason", "over").expect(0)
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed erased")
            try await env.dsr("evidence", "verify").expect(0)
        }
    }

    @Test("legal hold: placing one needs the subject key, and with another key no erasure is carried out")
    func holdKeys() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            let words = [
                "requests", "hold", "--ground", "e", "--law", "case 12", "--review-on", "2099-01-01", "--subject", "x",
                "--ticket", "T-1",
            ]
            var without = env.variables
            without["DSR_SUBJECT_KEY_FILE"] = nil
            #expect(try await TestEnvironment.run(words, without).expect(78).err.contains("DSR_SUBJECT_KEY_FILE"))
            try await env.dsr(words + ["--unknown-ok"]).expect(0)
            try await env.makeCustomer("anna")
            try await env.submit(.erasure, "anna")
            try await TestEnvironment.run(["evidence", "key", env.folder + "/other", "--kind", "subject"], [:]).expect(
                0
            )
            let other = try await env.dsr("run", setting: ["DSR_SUBJECT_KEY_FILE": env.folder + "/other"]).expect(1)
            #expect(other.out.contains("waiting for hold_uncertain"))
            #expect(await env.sandbox.hasProfile("anna"))
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed erased")
        }
    }

    @Test("legal hold: one that would protect nobody needs --unknown-ok, and the answer says who knows the customer")
    func holdOnNobody() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            try await env.makeCustomer("anna@example.com")
            let words = [
                "requests", "hold", "--ground", "e", "--law", "case 12", "--review-on", "2099-01-01", "--ticket", "T-1",
            ]
            func hold(_ subject: String, _ more: String..., setting: [String: String?] = [:]) async throws
                -> TestEnvironment.Ended
            {
                try await env.dsr(words + ["--subject", subject] + more, setting: setting)
            }
            for subject in ["ANNA@EXAMPLE.COM", "nobody-at-all"] {
                let refused = try await hold(subject).expect(64)
                #expect(refused.err.contains("no request and no customer in Talon.One has this integrationId"))
                #expect(refused.err.contains("--unknown-ok"))
                #expect(!refused.err.lowercased().contains(subject.lowercased()))
            }
            for subject in [" anna@example.com", "anna@example.com\u{A0}", "anna\u{200B}@example.com"] {
                try await hold(subject, "--unknown-ok").expect(64)
            }
            // Nobody can be asked.
            let away: [String: String?] = ["TALON_ONE_BASE_URL": "http://127.0.0.1:1"]
            #expect(try await hold("anna@example.com", setting: away).expect(69).err.contains("--unknown-ok"))
            let without: [String: String?] = ["TALON_ONE_BASE_URL": nil]
            #expect(try await hold("anna@example.com", setting: without).expect(64).err.contains("no request has this"))
            #expect(try await env.count("select count(*) from dsr.legal_holds") == 0)

            let known = try await hold("anna@example.com", "--json").expect(0).out
            #expect(known.contains(#""known_requests":0,"known_to_talon_one":true"#))
            let unknown = try await hold("nobody-at-all", "--unknown-ok").expect(0).out
            #expect(unknown.contains("Requests of this customer: 0.\nTalon.One does not know this customer."))
            // A request that found no data is no sign that there is such a customer.
            try await env.submit(.access, "Anna@example.com")
            try await env.dsr("run").expect(0)
            try await hold("Anna@example.com").expect(64)
            // One that waits is, and then the hold does not depend on the API.
            try await env.submit(.erasure, "bob")
            await env.sandbox.install(SandboxFault(.status(code: 503), match: SandboxMatch()))
            let waiting = try await hold("bob").expect(0).out
            #expect(waiting.contains("Requests of this customer: 1.\nTalon.One could not be asked"))
        }
    }

    @Test("waiting period: an erasure waits, and can be withdrawn")
    func waitingPeriod() async throws {
        try await TestEnvironment.with(environment: ["DSR_GATES_ERASURE_WAIT_DAYS": "7"]) { env in
            try await env.makeCustomer("anna")
            try await env.submit(.erasure, "anna")
            #expect(try await env.dsr("run").expect(0).out.contains("waiting for waiting_period"))
            let shown = try await env.dsr("requests", "show", "1").expect(0).out
            #expect(shown.contains("waiting_period, closed: The waiting period of the erasure has not ended."))
            #expect(shown.contains("waiting_period: not erased before"))
            try await env.dsr("requests", "cancel", "1", "--reason", "The customer has changed their mind.").expect(0)
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "cancelled -")
            #expect(await env.sandbox.hasProfile("anna"))
            #expect(
                try await env.dsr("requests", "retry", "1", "--ticket", "T-1").expect(64).err
                    .contains("request 1 is cancelled")
            )
        }
    }

    @Test("clarification: a question to the customer stops the request, and the answer lets it continue")
    func clarification() async throws {
        try await TestEnvironment.with { env in
            try await env.submit(.access, "anna")
            try await env.dsr("requests", "suspend", "1", "--for", "clarification", "--ticket", "T-1").expect(0)
            #expect(try await env.dsr("run").expect(0).out.contains("waiting for clarification"))
            let shown = try await env.dsr("requests", "show", "1").expect(0).out
            #expect(shown.contains("clarification, closed: The customer was asked what they mean (Recital 63 GDPR)"))
            #expect(
                shown.contains(
                    "and has not answered; the suspension counts once they answer (Art. 12(6) and Recital 63 GDPR)."
                )
            )
            try await env.dsr("requests", "resume", "1", "--for", "clarification", "--ticket", "T-1").expect(0)
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed no_data")
        }
    }

    @Test("a hold that is placed while a run processes the erasure stops it before its call")
    func holdDuringRun() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            try await env.makeCustomer("anna")
            try await env.submit(.erasure, "anna")
            let match = SandboxMatch(operation: "getCustomerInventory", identifier: "anna")
            await env.sandbox.install(SandboxFault(.hang, match: match, count: 1))
            async let run = env.dsr("run")
            try await env.received(match)
            let placed = try await env.dsr(
                [
                    "requests", "hold", "--request", "1", "--ground", "e", "--law", "case 12", "--review-on",
                    "2099-01-01",
                    "--ticket", "T-1",
                ]
            )
            await env.sandbox.clearFaults()
            #expect(try placed.expect(0).out.contains("stopped before the call is sent: request 1"))
            try await run.expect(0)
            #expect(await env.sandbox.counts().destructive.isEmpty)
            #expect(await env.sandbox.hasProfile("anna"))
            #expect(try await env.waitingFor() == ["legal_hold"])
        }
    }
}
