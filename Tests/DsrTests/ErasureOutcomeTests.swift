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
        let lacking = SandboxSettings.InventorySection.allCases.filter {
            !deployment.availableInventorySections.contains($0)
        }
        let optional = ["TALON_ONE_OPTIONAL_SECTIONS": lacking.map(\.rawValue).joined(separator: ",")]
        try await TestEnvironment.with(settings, environment: optional) { env in
            try await env.makeCustomer("anna")
            try await env.submit(.erasure, "anna")
            try await env.dsr("run").expect(0)

            let isRecordLeft = after == .hollow
            #expect(try await env.ending(of: 1) == "completed \(isRecordLeft ? "record_remains" : "erased")")
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

    @Test(
        "an erasure without a ticket is said when it is submitted and when it is done: nothing tells for whom the letter is"
    )
    func withoutTicket() async throws {
        try await TestEnvironment.with { env in
            for name in ["anna", "bert"] { try await env.makeCustomer(name) }
            #expect(try await env.dsr("submit", "erasure", "anna").expect(0).err.contains("Request 1 has no ticket"))
            #expect(
                try await !env.dsr("submit", "erasure", "bert", "--ticket", "T-1").expect(0).err.contains("no ticket")
            )
            let run = try await env.dsr("run").expect(0)
            #expect(run.out.contains("erased without a ticket: 1; nothing here tells"), "\(run.out)")
            #expect(try await !env.dsr("run").expect(0).out.contains("without a ticket"))
        }
    }

    @Test("a record that the API keeps is named as what stays, in the letter, the evidence and each command")
    func recordRemains() async throws {
        var settings = SandboxSettings()
        settings.afterDelete = .totals
        try await TestEnvironment.with(settings, environment: ["DSR_SECTIONS": "profile"]) { env in
            try await env.makeCustomer("anna")
            let ended = try await env.dsr("erase", "anna", "--ticket", "T-1", "--yes").expect(0)
            #expect(ended.out.contains("record_remains"))
            #expect(try await env.ending(of: 1) == "completed record_remains")
            let letter = String(decoding: try #require(env.file("request-1-confirmation.html")), as: UTF8.self)
            for name in ["integrationId", "id", "created", "totalSales"] {
                #expect(letter.contains("<code>\(name)</code>"))
            }
            #expect(!letter.contains("no longer holds") && !letter.contains("anna"))
            let evidence = try await env.texts(
                "select convert_from(payload, 'UTF8') as t from dsr.evidence_payloads"
            )
            #expect(evidence.contains { $0.contains(#""profile: totals""#) && $0.contains("record_remains") })
            let again = try await env.dsr("erase", "anna", "--ticket", "T-2", "--yes").expect(0)
            #expect(again.out.contains("record_remains"))
        }
    }

    @Test("a profile with nothing but the identifier that was asked about is erased")
    func identifierOnly() async throws {
        var settings = SandboxSettings()
        settings.afterDelete = .identifierOnly
        try await TestEnvironment.with(settings) { env in
            try await env.makeCustomer("anna")
            try await env.submit(.erasure, "anna")
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed erased")
        }
    }

    @Test("an erasure reads back every section, whatever an export is configured to ask for")
    func everySection() async throws {
        try await TestEnvironment.with(environment: ["DSR_SECTIONS": "profile"]) { env in
            try await env.makeCustomer("anna")
            try await env.submit(.erasure, "anna")
            try await env.dsr("run").expect(0)
            let reads = await env.sandbox.requests().filter { $0.operation == "getCustomerInventory" }.suffix(2)
            for section in ["referrals", "coupons", "loyalty", "giveaways", "achievements"] {
                #expect(reads.allSatisfy { $0.target.contains("\(section)=true") })
            }
            #expect(await env.sandbox.counts().operations["deleteCouponReservation"]?.received == 1)
        }
    }

    @Test(
        "an answer about another customer fails the request at once, before anything is deleted or written",
        arguments: [Right.access, .portability, .rectification, .erasure]
    )
    func anotherCustomer(_ right: Right) async throws {
        var settings = SandboxSettings()
        settings.profileOfAnother = "Anna"
        try await TestEnvironment.with(settings) { env in
            try await env.makeCustomer("anna")
            try await env.submit(right, "anna")
            let ended = try await env.dsr("run").expect(1)
            #expect(ended.out.contains("another customer"))
            #expect(try await env.texts("select state as t from dsr.subject_requests") == ["failed"])
            let operations = await env.sandbox.counts().operations
            #expect(operations["deleteCustomerData"] == nil && operations["deleteCouponReservation"] == nil)
            #expect(await env.sandbox.requests().filter { $0.operation == "updateCustomerProfile" }.count <= 1)
            #expect(env.file("request-1-export.json") == nil && env.file("request-1-confirmation.html") == nil)
        }
    }

    @Test("two erasures of one customer are answered together, and those of similar identifiers are not")
    func secondErasure() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            try await env.submit((.erasure, "anna"), (.erasure, "anna"), (.erasure, "e\u{301}"), (.erasure, "\u{e9}"))
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed erased")
            #expect(try await env.ending(of: 2) == "completed erased")
            #expect(try await env.requests("answered_with = 1") == 1)
            #expect(try await env.ending(of: 3) == "completed no_data")
            #expect(try await env.ending(of: 4) == "completed no_data")
        }
    }

    @Test("with a subject key, an erasure of an earlier run is known too")
    func erasedByAnEarlierRun() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            try await env.makeCustomer("anna")
            try await env.dsr("erase", "anna", "--ticket", "T-1", "--yes").expect(0)
            let again = try await env.dsr("erase", "anna", "--ticket", "T-2", "--yes").expect(0)
            #expect(again.out.contains("already absent"))
            #expect(try await env.ending(of: 2) == "completed already_absent")
        }
    }

    @Test("coupons reserved for a customer without a profile are found and released")
    func guestReservation() async throws {
        var settings = SandboxSettings.baseline
        settings.unknownProfileInventory = .notFound
        settings.unknownProfileDelete = 404
        try await TestEnvironment.with(settings) { env in
            await env.sandbox.seed(
                SandboxSeed(coupons: [.init(value: "GUEST", campaignId: 1, reservedFor: ["guest"])])
            )
            try await env.submit((.access, "guest"), (.erasure, "guest"), (.access, "nobody"))
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed exported")
            #expect(try await env.ending(of: 2) == "completed erased")
            #expect(try await env.ending(of: 3) == "completed no_data")
            let letter = String(decoding: try #require(env.file("request-2-confirmation.html")), as: UTF8.self)
            #expect(letter.contains("We removed the reservations of coupons for you (1)"))
            #expect(!letter.contains("<td>We deleted the data</td>"), "the API said that there was nothing to delete")
        }
    }

    @Test("a proxy's 404 to the deletion is no answer of the API, and the request is tried again")
    func proxyNotFound() async throws {
        try await TestEnvironment.with(environment: ["DSR_RETRY_WAIT_SECONDS": "3600"]) { env in
            try await env.makeCustomer("anna")
            await env.sandbox.install(
                SandboxFault(
                    .status(code: 404, body: "<html>not found</html>"),
                    match: SandboxMatch(operation: "deleteCustomerData")
                )
            )
            try await env.submit(.erasure, "anna")
            try await env.dsr("run")
            #expect(try await env.texts("select state as t from dsr.subject_requests") == ["pending"])
            #expect(env.file("request-1-confirmation.html") == nil)
        }
    }

    @Test("released reservations are those that the API has released")
    func releasedReservations() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            await env.sandbox.install(
                SandboxFault(
                    .status(code: 400),
                    match: SandboxMatch(operation: "deleteCouponReservation")
                )
            )
            try await env.submit(.erasure, "anna")
            try await env.dsr("run").expect(0)
            let letter = String(decoding: try #require(env.file("request-1-confirmation.html")), as: UTF8.self)
            #expect(!letter.contains("removed the reservations"))
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
