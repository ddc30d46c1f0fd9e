import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("The outcomes of an erasure")
struct ErasureOutcomeTests {
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
            try await env.dsr("run").expect(75)
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
            try await env.dsr("run").expect(75)
            #expect(try await env.ending(of: 1) == "pending outcome_unknown")
            #expect(try await env.requests("may_have_acted") == 1)
        }
    }

    @Test("a customer who reappears at once is residual_data, which is named by kind and never by value")
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
