import Foundation
import SubjectRequests
import Subprocess
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("Weak evidence that a customer is unknown")
struct AbsenceTests {
    private static let noKey = #"{"message":"no Route matched with those values"}"#

    private static func inventory(of customer: String) -> SandboxMatch {
        SandboxMatch(operation: "getCustomerInventory", identifier: customer)
    }

    // MARK: - The canary customer

    @Test("a canary customer who is unknown stops the run before anything is claimed, and is never shown")
    func canaryUnknown() async throws {
        try await TestEnvironment.with(environment: ["TALON_ONE_CANARY_CUSTOMER": "canary-5d1@example.com"]) { env in
            try await env.submit((.access, "a"), (.erasure, "b"))
            for words in [["run"], ["run", "--dry-run"]] {
                let ended = try await env.dsr(words).expect(78)
                #expect(ended.err.contains("the canary customer is unknown to Talon.One"), "\(ended.err)")
                #expect(ended.err.contains("TALON_ONE_CANARY_CUSTOMER"))
                #expect(!(ended.out + ended.err).contains("canary-5d1"))
            }
            #expect(try await env.requests("state = 'pending' and claim_no = 0") == 2)
            #expect(try await env.dsr("migrate", "--status").expect(0).out.contains("belongs to no environment yet"))
            #expect(try await env.dsr("erase", "b", "--ticket", "T-1", "--yes").expect(78).err.contains("canary"))
            #expect(await env.sandbox.counts().operations["deleteCustomerData"] == nil)
            #expect(try await !env.dump().contains("canary-5d1"))

            try await env.makeCustomer("canary-5d1@example.com")
            let run = try await env.dsr("run").expect(0)
            #expect(run.err.contains("Canary customer: on"))
            #expect(run.out.contains("canary customer known before the first claim"))
            #expect(try await env.requests("outcome = 'no_data'") == 3)
            #expect(try await !env.dump().contains("canary-5d1"))
        }
    }

    @Test("a run without a canary customer says so, in its first lines, its summary and its report")
    func noCanary() async throws {
        try await TestEnvironment.with { env in
            let run = try await env.dsr("run").expect(0)
            #expect(run.err.contains("Canary customer: off"))
            #expect(run.out.contains("no canary customer is configured"))
            let report = String(decoding: try #require(env.file("run-1.json")), as: UTF8.self)
            #expect(report.contains(#""canary": "not_configured""#) || report.contains(#""canary":"not_configured""#))
        }
    }

    @Test(
        "the canary customer can be in a file, and one that is no identifier, or is in a public file, stops the program"
    )
    func canarySetting() async throws {
        try await TestEnvironment.with { env in
            let file = env.folder + "/canary"
            _ = FileManager.default.createFile(
                atPath: file,
                contents: Data("nobody-77\n".utf8),
                attributes: [.posixPermissions: 0o600]
            )
            let named: [String: String?] = ["TALON_ONE_CANARY_CUSTOMER_FILE": file]
            #expect(try await env.dsr("run", setting: named).expect(78).err.contains("canary customer is unknown"))
            try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file)
            #expect(try await !env.dsr("run", setting: named).expect(78).err.contains("is unknown"))
            let dots = try await env.dsr("run", setting: ["TALON_ONE_CANARY_CUSTOMER": ".."]).expect(78)
            #expect(dots.err.contains("must be the integrationId of a customer: the integration_id is a dot"))
        }
    }

    @Test("a canary customer who is known lets the first unknown customer of a queue be answered")
    func canaryShows() async throws {
        let settings = ["DSR_BRAKE_UNKNOWN_PERCENT": "50", "TALON_ONE_CANARY_CUSTOMER": "mia"]
        try await TestEnvironment.with(environment: settings) { env in
            try await env.makeCustomer("mia")
            try await env.submit(.access, "nobody")
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed no_data")
        }
    }

    @Test("as long as no customer was ever known, a single export or erasure is held back as well")
    func singleRequest() async throws {
        try await TestEnvironment.with(environment: ["DSR_BRAKE_UNKNOWN_PERCENT": "50"]) { env in
            let erased = try await env.dsr("erase", "nobody", "--ticket", "T-1", "--yes").expect(1)
            #expect(erased.err.contains("unknown_customers"), "\(erased.err)")
            try await env.dsr("export", "none", "--output", env.folder + "/x").expect(1)
            #expect(try await env.requests("state = 'waiting' and integration_id is not null") == 2)
        }
    }

    // MARK: - Answers of other servers

    @Test(
        "a 404 of a gateway answers nobody, whichever call it answers, and the identifier stays",
        arguments: [
            noKey, #"{"message":"Not Found"}"#, "<html>404</html>",
            #"{"statusCode":404,"message":"Resource not found"}"#,
        ]
    )
    func gateway(_ body: String) async throws {
        try await TestEnvironment.with(environment: ["DSR_RETRY_WAIT_SECONDS": "3600", "DSR_RETRY_QUICK_TRIES": "1"]) {
            env in
            let answer = SandboxFault.Behaviour.status(code: 404, body: body)
            try await env.submit((.erasure, "jane"), (.access, "jill"), (.rectification, "joe"))
            // From the start, the gateway is found before the first claim.
            await env.sandbox.install(SandboxFault(answer))
            try await env.dsr("run").expect(69)
            #expect(try await env.requests("claim_no = 0 and integration_id is not null") == 3)
            await env.sandbox.clearFaults()
            for customer in ["jane", "jill", "joe"] {
                await env.sandbox.install(SandboxFault(answer, match: Self.inventory(of: customer)))
            }
            try await env.dsr("run").expect(75)
            #expect(try await env.requests("state = 'pending' and outcome is null and integration_id is not null") == 3)
            #expect(await env.sandbox.counts().operations["deleteCustomerData"] == nil)
        }
    }

    @Test(
        "a 200 without what was asked for is no answer, before a deletion and after it",
        arguments: [
            "{}", #"{"status":"ok"}"#, #"{"profile":{}}"#, #"{"profile":{"id":1,"attributes":{}}}"#,
            #"{"profile":[],"referrals":[],"coupons":[],"loyalty":{},"giveaways":[],"achievements":[]}"#,
            #"{"profile":{"attributes":[]},"referrals":[],"coupons":[],"loyalty":{},"giveaways":[],"achievements":[]}"#,
            #"{"profile":{"id":1},"referrals":[],"coupons":{"data":[]},"loyalty":{},"giveaways":[],"achievements":[]}"#,
            #"{"profile":{"id":1},"referrals":[],"coupons":[],"loyalty":[],"giveaways":[],"achievements":[]}"#,
        ]
    )
    func incomplete(_ body: String) async throws {
        try await TestEnvironment.with(environment: ["DSR_RETRY_WAIT_SECONDS": "3600", "DSR_RETRY_QUICK_TRIES": "1"]) {
            env in
            let answer = SandboxFault.Behaviour.status(code: 200, body: body)
            for name in ["jane", "jill"] { try await env.makeCustomer(name) }
            await env.sandbox.install(SandboxFault(answer, match: Self.inventory(of: "jill")))
            await env.sandbox.install(SandboxFault(answer, match: Self.inventory(of: "jane"), after: 1))
            try await env.submit((.access, "jill"), (.erasure, "jane"))
            try await env.dsr("run").expect(75)
            #expect(try await env.ending(of: 1) == "pending -")
            #expect(try await env.ending(of: 2) == "pending outcome_unknown")
            #expect(try await env.count("select count(*) from dsr.reports where request_id is not null") == 0)
        }
    }

    @Test("an answer that lacks sections which the deployment does not have is whole, once they are configured")
    func optionalSections() async throws {
        var settings = SandboxSettings()
        settings.availableInventorySections = [.profile, .referrals, .coupons]
        try await TestEnvironment.with(settings, environment: ["DSR_RETRY_QUICK_TRIES": "1"]) { env in
            try await env.makeCustomer("anna")
            try await env.submit(.access, "anna")
            let refused = try await env.dsr("run").expect(1)
            #expect(
                refused.out.contains("lacks what was asked for: loyalty, giveaways, achievements"),
                "\(refused.out)"
            )
            let optional = ["TALON_ONE_OPTIONAL_SECTIONS": "loyalty,giveaways,achievements"]
            try await env.dsr("requests", "retry", "1", "--ticket", "T-1").expect(0)
            try await env.dsr(["run"], setting: optional).expect(0)
            #expect(try await env.ending(of: 1) == "completed exported")
            try await env.dsr(["run"], setting: ["TALON_ONE_OPTIONAL_SECTIONS": "profile"]).expect(78)
        }
    }

    // MARK: - Contradictions

    @Test(
        "an answer with data contradicts that the customer is unknown, until an operator allows it or an erasure explains it",
        arguments: [Right.access, .portability, .rectification, .erasure]
    )
    func knownBefore(_ right: Right) async throws {
        try await TestEnvironment.with { env in
            for name in ["jane", "joe"] { try await env.makeCustomer(name) }
            try await env.submit((.access, "jane"), (.rectification, "joe"))
            try await env.dsr("run").expect(0)
            let backup = await env.sandbox.backup()
            try await env.dsr("api", "delete-customer-data", "jane", "--yes").expect(0)
            try await env.dsr("api", "delete-customer-data", "joe", "--yes").expect(0)
            try await env.submit((right, "jane"), (right, "joe"), (right, "nobody"))
            for _ in 1...2 {
                let ended = try await env.dsr("run").expect(1)
                #expect(ended.out.contains("request 3 (\(right.rawValue)): known_before"), "\(ended.out)")
                #expect(ended.out.contains("request 1 of the same customer was answered with data"))
                #expect(ended.out.contains("dsr run --allow-unknown TICKET"))
                #expect(try await env.waitingFor() == ["-", "-", "known_before", "known_before", "-"])
            }
            #expect(try await env.dsr("requests", "show", "3").expect(0).out.contains("known_before"))
            #expect(try await env.requests("integration_id is not null") == 5)
            // A run for one request does not touch it.
            try await env.dsr("export", "joe2", "--output", env.folder + "/x")
            #expect(try await env.waitingFor()[2] == "known_before")
            // The customer is there again: the next run answers.
            await env.sandbox.restore(backup)
            try await env.dsr("api", "delete-customer-data", "joe", "--yes").expect(0)
            try await env.dsr("run").expect(1)
            let ending = try await env.ending(of: 3)
            #expect(["completed exported", "completed rectified", "completed erased"].contains(ending))
            try await env.dsr("run", "--allow-unknown", "T-9").expect(0)
            #expect(try await env.ending(of: 4) == "completed no_data")
            let allowed = try await env.count(
                """
                select count(*) from dsr.evidence_payloads
                where convert_from(payload, 'UTF8')::json ->> 'event' = 'unknown_allowed'
                  and convert_from(payload, 'UTF8')::json ->> 'ticket' = 'T-9'
                """
            )
            #expect(allowed == 1)
        }
    }

    @Test("an erasure that was completed in between explains it, and an export after that contradicts again")
    func explainedByErasure() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            try await env.makeCustomer("jane")
            try await env.submit(.access, "jane")
            try await env.dsr("run").expect(0)
            try await env.submit(.erasure, "jane")
            try await env.dsr("run").expect(0)
            try await env.submit((.access, "jane"), (.erasure, "jane"))
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 3) == "completed no_data")
            #expect(try await env.ending(of: 4) == "completed already_absent")

            try await env.makeCustomer("jane")
            try await env.submit(.access, "jane")
            try await env.dsr("run").expect(0)
            try await env.dsr("api", "delete-customer-data", "jane", "--yes").expect(0)
            try await env.submit(.erasure, "jane")
            try await env.dsr("run").expect(1)
            #expect(try await env.waitingFor().last == "known_before")
        }
    }

    // MARK: - The deletion of an unknown customer

    @Test(
        "an erasure sends its deletion although the customer is unknown, and answers after it was answered and read again",
        arguments: [204, 404]
    )
    func deletionIsSent(_ status: Int) async throws {
        var settings = SandboxSettings()
        settings.unknownProfileDelete = status
        try await TestEnvironment.with(settings) { env in
            try await env.submit(.erasure, "nobody")
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed no_data")
            let asked = await env.sandbox.requests().filter { $0.identifier == "nobody" }.compactMap(\.operation)
            #expect(
                asked.filter { $0 != "getReservedCoupons" } == [
                    "getCustomerInventory", "deleteCustomerData", "getCustomerInventory",
                ]
            )
            let letter = String(decoding: try #require(env.file("request-1-confirmation.html")), as: UTF8.self)
            #expect(letter.contains("told the system to delete your data all the same"))
            #expect(
                !letter.contains("<td>We deleted the data</td>")
                    && letter.contains("We have no data about you to erase")
            )

            let off = ["DSR_ERASURE_DELETE_UNKNOWN": "false"]
            try await env.submit(.erasure, "none")
            try await env.dsr(["run"], setting: off).expect(0)
            #expect(await env.sandbox.counts().destructive["deleteCustomerData none"] == nil)
            #expect(try await env.ending(of: 2) == "completed no_data")
        }
    }

    @Test("where the first read was wrong, the deletion that is sent all the same finds the customer, who is erased")
    func firstReadIsWrong() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("jane")
            await env.sandbox.install(
                SandboxFault(
                    .status(code: 404, body: #"{"message":"Not found","StatusCode":404}"#),
                    match: Self.inventory(of: "jane"),
                    count: 1
                )
            )
            try await env.submit(.erasure, "jane")
            try await env.dsr("run").expect(0)
            #expect(await env.sandbox.hasProfile("jane") == false)
        }
    }

    @Test(
        "a deletion of an unknown customer that is not answered, or refused, answers nobody and explains nothing later",
        arguments: [SandboxFault.Behaviour.dropBeforeActing, .status(code: 500), .status(code: 404, body: "<html>")]
    )
    func deletionIsNotAnswered(_ behaviour: SandboxFault.Behaviour) async throws {
        try await TestEnvironment.with(environment: ["DSR_RETRY_WAIT_SECONDS": "3600", "DSR_RETRY_QUICK_TRIES": "2"]) {
            env in
            await env.sandbox.install(SandboxFault(behaviour, match: SandboxMatch(operation: "deleteCustomerData")))
            try await env.submit(.erasure, "nobody")
            try await env.dsr("run").expect(75)
            #expect(
                try await env.requests("state = 'pending' and not may_have_acted and integration_id is not null") == 1
            )
            await env.sandbox.clearFaults()
            try await env.sql("update dsr.subject_requests set not_before = null")
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed no_data")
        }
    }

    @Test(
        "a run that is killed while it deletes an unknown customer does not make the next one say that they were erased"
    )
    func killed() async throws {
        try await TestEnvironment.with(environment: ["DSR_LEASE_SECONDS": "2"]) { env in
            await env.sandbox.install(
                SandboxFault(.hang, match: SandboxMatch(operation: "deleteCustomerData"), count: 1)
            )
            try await env.submit(.erasure, "nobody")
            try await env.running { child in
                try await env.received(SandboxMatch(operation: "deleteCustomerData"))
                try child.send(.kill)
            }
            await env.sandbox.clearFaults()
            try await env.expireLeases()
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed no_data")
        }
    }
}
