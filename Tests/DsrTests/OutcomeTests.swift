import Foundation
import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("Each outcome of a request")
struct OutcomeTests {
    @Test("an access request is answered with the API's bytes as they came, and a letter")
    func exported() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            let inventory = try await env.dsr("api", "inventory", "anna").expect(0).out.dropLast()
            try await env.submit(.access, "anna")

            try await env.dsr("run").expect(0)

            #expect(try await env.ending(of: 1) == "completed exported")
            let export = try #require(env.file("request-1-export.json"))
            #expect(export.range(of: Data(inventory.utf8)) != nil)
            #expect(try JSONSerialization.jsonObject(with: export) is [String: Any])
            let letter = try #require(env.file("request-1-letter.html"))
            #expect(String(decoding: letter, as: UTF8.self).contains("anna"))
            #expect(
                try await env.events(of: 1) == [
                    "received", "admitted", "claimed", "recorded", "delivered", "delivered",
                ]
            )
        }
    }

    @Test("a portability export leaves out what the customer did not provide, and lists what it leaves out")
    func portability() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            try await env.submit(.portability, "anna")
            try await env.dsr("run").expect(0)
            let export = String(decoding: try #require(env.file("request-1-export.json")), as: UTF8.self)
            #expect(export.contains("left_out"))
            #expect(!export.contains("FREESHIP"))
            #expect(export.contains("AUTUMN10"))
        }
    }

    @Test(
        "an unknown customer is no_data, in each way that a deployment may answer",
        arguments: [
            SandboxSettings.UnknownInventory.notFound, .emptyObject, .emptyProfile,
        ]
    )
    func noData(_ answer: SandboxSettings.UnknownInventory) async throws {
        var settings = SandboxSettings()
        settings.unknownProfileInventory = answer
        try await TestEnvironment.with(settings) { env in
            try await env.submit((.access, "nobody"), (.erasure, "none"))
            try await env.dsr("run").expect(0)
            // An empty profile may be a customer of whom only the row is known, so it counts as one.
            let isShell = answer == .emptyProfile
            #expect(try await env.ending(of: 1) == (isShell ? "completed exported" : "completed no_data"))
            #expect(try await env.ending(of: 2) == (isShell ? "completed erased" : "completed no_data"))
            #expect((await env.sandbox.counts().operations["deleteCustomerData"] != nil) == isShell)
            #expect(await env.sandbox.profileCount() == 0)
        }
    }

    @Test(
        "an erasure is read back, in each deployment and whatever it leaves behind",
        arguments: [
            SandboxSettings(), .baseline, .newest,
        ],
        [SandboxSettings.AfterDelete.gone, .hollow]
    )
    func erased(_ deployment: SandboxSettings, _ after: SandboxSettings.AfterDelete) async throws {
        var settings = deployment
        settings.afterDelete = after
        try await TestEnvironment.with(settings) { env in
            try await env.makeCustomer("anna")
            try await env.submit(.erasure, "anna")
            try await env.dsr("run").expect(0)

            #expect(try await env.ending(of: 1) == "completed erased")
            #expect(try await env.requests("integration_id is not null") == 0)
            #expect(try await env.count("select count(*) from dsr.request_salts") == 0)
            #expect(env.file("request-1-confirmation.html") != nil)
            let asked = await env.sandbox.requests().compactMap(\.operation)
            let deletion = try #require(asked.lastIndex(of: "deleteCustomerData"))
            #expect(
                asked[..<deletion].contains("deleteCouponReservation")
                    == (deployment.hasReservedCoupons || deployment.availableInventorySections.contains(.coupons))
            )
            #expect(asked[deletion...].dropFirst().first == "getCustomerInventory")
        }
    }

    @Test("an erasure whose answer was lost is read back before anything is sent again")
    func answerLost() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            await env.sandbox.install(
                SandboxFault(.dropAfterActing, match: SandboxMatch(operation: "deleteCustomerData"), count: 1)
            )
            try await env.submit(.erasure, "anna")
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed erased")
            #expect(await env.sandbox.counts().destructive["deleteCustomerData anna"]?.received == 1)
        }
    }

    @Test("an erasure that was never carried out is read back and sent again")
    func neverCarriedOut() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            await env.sandbox.install(
                SandboxFault(.dropBeforeActing, match: SandboxMatch(operation: "deleteCustomerData"), count: 1)
            )
            try await env.submit(.erasure, "anna")
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed erased")
            #expect(await env.sandbox.counts().destructive["deleteCustomerData anna"]?.acted == 1)
        }
    }

    @Test("an erasure that cannot be read back is outcome_unknown, and the next run finds that it was carried out")
    func unknownThenAbsent() async throws {
        try await TestEnvironment.with(environment: ["DSR_RETRY_QUICK_TRIES": "1", "DSR_RETRY_WAIT_SECONDS": "3600"]) {
            env in
            try await env.makeCustomer("anna")
            await env.sandbox.install(
                SandboxFault(.dropAfterActing, match: SandboxMatch(operation: "deleteCustomerData"))
            )
            await env.sandbox.install(
                SandboxFault(
                    .status(code: 503),
                    match: SandboxMatch(operation: "getCustomerInventory", identifier: "anna"),
                    after: 1
                )
            )
            try await env.submit(.erasure, "anna")
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "pending outcome_unknown")

            await env.sandbox.clearFaults()
            try await env.sql("update dsr.subject_requests set not_before = null")
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed already_absent")
            #expect(await env.sandbox.counts().destructive["deleteCustomerData anna"]?.received == 1)
        }
    }

    @Test("a call without an answer is remembered when the call after it is refused")
    func lostThenRefused() async throws {
        try await TestEnvironment.with(environment: ["DSR_RETRY_WAIT_SECONDS": "3600"]) { env in
            try await env.makeCustomer("anna")
            let deletion = SandboxMatch(operation: "deleteCustomerData")
            await env.sandbox.install(SandboxFault(.dropBeforeActing, match: deletion, count: 1))
            await env.sandbox.install(
                SandboxFault(.status(code: 429, retryAfter: "3600"), match: deletion)
            )
            try await env.submit(.erasure, "anna")
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "pending outcome_unknown")
            #expect(try await env.requests("may_have_acted") == 1)
        }
    }

    @Test("a customer who reappears at once is residual_data, named by kind and never by value")
    func residual() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            await env.sandbox.install(
                SandboxFault(.reappear, match: SandboxMatch(operation: "deleteCustomerData"))
            )
            try await env.submit(.erasure, "anna")
            let ended = try await env.dsr("run").expect(1)
            #expect(try await env.ending(of: 1) == "failed residual_data")
            #expect(ended.out.contains("residual_data"))
            #expect(env.file("request-1-confirmation.html") == nil)
        }
    }

    @Test("a rectification is read back, and does not create an unknown customer")
    func rectified() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            try await env.submit(.rectification, "anna", changes: #"{"Name": "Anna", "City": null, "Points": 1.50}"#)
            try await env.submit(.rectification, "nobody")
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed rectified")
            #expect(try await env.ending(of: 2) == "completed no_data")
            #expect(await env.sandbox.hasProfile("nobody") == false)
            #expect(try await env.requests("changes is not null") == 0)
        }
    }

    @Test("a rectification that reads back with other values is not_applied")
    func notApplied() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            await env.sandbox.install(
                SandboxFault(
                    .status(code: 200, body: "{}", act: false),
                    match: SandboxMatch(operation: "updateCustomerProfile")
                )
            )
            try await env.submit(.rectification, "anna")
            try await env.dsr("run").expect(1)
            #expect(try await env.ending(of: 1) == "failed not_applied")
        }
    }

    @Test("a request that the API refuses needs action, with the API's message and without its identifiers")
    func refusedByAPI() async throws {
        try await TestEnvironment.with { env in
            await env.sandbox.install(
                SandboxFault(
                    .status(code: 422, body: #"{"message":"Profile anna-secret@example.com is locked"}"#),
                    match: SandboxMatch(identifier: "anna-secret@example.com")
                )
            )
            try await env.submit(.access, "anna-secret@example.com")
            let ended = try await env.dsr("run").expect(1)
            #expect(try await env.ending(of: 1) == "failed refused_by_api")
            let reason = try await env.texts("select reason as t from dsr.subject_requests")
            #expect(reason.joined().contains("is locked"))
            #expect(!(reason.joined() + ended.out + ended.err).contains("anna-secret"))
        }
    }

    @Test("a malformed row is refused with a reason, and the run goes on")
    func refused() async throws {
        try await TestEnvironment.with { env in
            try await env.sql("drop trigger check_new_request on dsr.subject_requests")
            try await env.sql(
                """
                insert into dsr.subject_requests (kind, integration_id) values
                    ('forget me', 'a'), ('access', ''), ('access', '..'), ('access', E'a\\nb'),
                    ('rectification', 'a'), ('access', 'ok')
                """
            )
            try await env.dsr("run").expect(1)
            #expect(try await env.requests("state = 'refused' and reason <> ''") == 5)
            #expect(try await env.ending(of: 6) == "completed no_data")
            #expect(
                try await env.texts("select convert_from(payload, 'UTF8') as t from dsr.evidence_payloads")
                    .allSatisfy { !$0.contains("forget me") }
            )
        }
    }

    @Test("a failed access request holds back the same customer's erasure")
    func erasureWaitsForFailedAccess() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            await env.sandbox.install(
                SandboxFault(
                    .status(code: 422),
                    match: SandboxMatch(operation: "getCustomerInventory", identifier: "anna")
                )
            )
            try await env.submit((.erasure, "anna"), (.access, "anna"))
            try await env.dsr("run").expect(1)
            #expect(
                try await env.waitingFor() == [
                    "failed_request", "-",
                ]
            )
            #expect(try await env.ending(of: 2) == "failed refused_by_api")
            // Each run says so until an operator has decided.
            #expect(try await env.dsr("run").expect(1).out.contains("waiting for failed_request"))
            #expect(await env.sandbox.hasProfile("anna"))
        }
    }
}
