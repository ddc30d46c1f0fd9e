import Foundation
import TalonOneSandbox
import TestHouse
import Testing

@Suite("Each outcome, through the binary")
struct OutcomeTests {
    @Test("an access answer holds the API's bytes as they came, and a letter")
    func exported() async throws {
        try await House.with { house in
            try await house.makeCustomer("anna")
            let inventory = try await house.dsr("api", "inventory", "anna").expect(0).out.dropLast()
            try await house.sql("insert into dsr.subject_requests (kind, integration_id) values ('access', 'anna')")

            try await house.dsr("run").expect(0)

            #expect(try await house.ending(of: 1) == "completed exported")
            let export = try #require(house.file("request-1-export.json"))
            #expect(export.range(of: Data(inventory.utf8)) != nil)
            #expect(try JSONSerialization.jsonObject(with: export) is [String: Any])
            let letter = try #require(house.file("request-1-letter.html"))
            #expect(String(decoding: letter, as: UTF8.self).contains("anna"))
            #expect(
                try await house.events(of: 1) == [
                    "received", "admitted", "claimed", "recorded", "delivered", "delivered",
                ]
            )
        }
    }

    @Test("a portability export leaves out what the person did not provide, and says what")
    func portability() async throws {
        try await House.with { house in
            try await house.makeCustomer("anna")
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) values ('portability', 'anna')"
            )
            try await house.dsr("run").expect(0)
            let export = String(decoding: try #require(house.file("request-1-export.json")), as: UTF8.self)
            #expect(export.contains("left_out"))
            #expect(!export.contains("FREESHIP"))
            #expect(export.contains("AUTUMN10"))
        }
    }

    @Test(
        "an unknown customer is an answer, under every way a deployment may say so",
        arguments: [
            SandboxSettings.UnknownInventory.notFound, .emptyObject, .emptyProfile,
        ]
    )
    func noData(_ answer: SandboxSettings.UnknownInventory) async throws {
        var settings = SandboxSettings()
        settings.unknownProfileInventory = answer
        try await House.with(settings) { house in
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) values ('access', 'nobody'), ('erasure', 'none')"
            )
            try await house.dsr("run").expect(0)
            // An empty profile cannot be told from a customer of whom nothing but the row is known, so it is one.
            let isShell = answer == .emptyProfile
            #expect(try await house.ending(of: 1) == (isShell ? "completed exported" : "completed no_data"))
            #expect(try await house.ending(of: 2) == (isShell ? "completed erased" : "completed no_data"))
            #expect((await house.sandbox.counts().operations["deleteCustomerData"] != nil) == isShell)
            #expect(await house.sandbox.profileCount() == 0)
        }
    }

    @Test(
        "an erasure is read back, whatever a deployment leaves behind",
        arguments: [
            SandboxSettings(), .baseline, .newest,
        ],
        [SandboxSettings.AfterDelete.gone, .hollow]
    )
    func erased(_ deployment: SandboxSettings, _ after: SandboxSettings.AfterDelete) async throws {
        var settings = deployment
        settings.afterDelete = after
        try await House.with(settings) { house in
            try await house.makeCustomer("anna")
            try await house.sql("insert into dsr.subject_requests (kind, integration_id) values ('erasure', 'anna')")
            try await house.dsr("run").expect(0)

            #expect(try await house.ending(of: 1) == "completed erased")
            #expect(
                try await house.count("select count(*) from dsr.subject_requests where integration_id is not null") == 0
            )
            #expect(try await house.count("select count(*) from dsr.request_salts") == 0)
            #expect(house.file("request-1-confirmation.html") != nil)
            let asked = await house.sandbox.requests().compactMap(\.operation)
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
        try await House.with { house in
            try await house.makeCustomer("anna")
            await house.sandbox.install(
                SandboxFault(.dropAfterActing, match: SandboxMatch(operation: "deleteCustomerData"), count: 1)
            )
            try await house.sql("insert into dsr.subject_requests (kind, integration_id) values ('erasure', 'anna')")
            try await house.dsr("run").expect(0)
            #expect(try await house.ending(of: 1) == "completed erased")
            #expect(await house.sandbox.counts().destructive["deleteCustomerData anna"]?.received == 1)
        }
    }

    @Test("an erasure that was never carried out is sent again after a look")
    func neverCarriedOut() async throws {
        try await House.with { house in
            try await house.makeCustomer("anna")
            await house.sandbox.install(
                SandboxFault(.dropBeforeActing, match: SandboxMatch(operation: "deleteCustomerData"), count: 1)
            )
            try await house.sql("insert into dsr.subject_requests (kind, integration_id) values ('erasure', 'anna')")
            try await house.dsr("run").expect(0)
            #expect(try await house.ending(of: 1) == "completed erased")
            #expect(await house.sandbox.counts().destructive["deleteCustomerData anna"]?.acted == 1)
        }
    }

    @Test("an erasure that cannot be read back is unknown, and the next run finds out that it happened")
    func unknownThenAbsent() async throws {
        try await House.with(environment: ["DSR_RETRY_QUICK_TRIES": "1", "DSR_RETRY_WAIT_SECONDS": "3600"]) { house in
            try await house.makeCustomer("anna")
            await house.sandbox.install(
                SandboxFault(.dropAfterActing, match: SandboxMatch(operation: "deleteCustomerData"))
            )
            await house.sandbox.install(
                SandboxFault(
                    .status(code: 503),
                    match: SandboxMatch(operation: "getCustomerInventory", identifier: "anna"),
                    after: 1
                )
            )
            try await house.sql("insert into dsr.subject_requests (kind, integration_id) values ('erasure', 'anna')")
            try await house.dsr("run").expect(0)
            #expect(try await house.ending(of: 1) == "pending outcome_unknown")

            await house.sandbox.clearFaults()
            try await house.sql("update dsr.subject_requests set not_before = null")
            try await house.dsr("run").expect(0)
            #expect(try await house.ending(of: 1) == "completed already_absent")
            #expect(await house.sandbox.counts().destructive["deleteCustomerData anna"]?.received == 1)
        }
    }

    @Test("a lost call stays in mind when the call after it is refused")
    func lostThenRefused() async throws {
        try await House.with(environment: ["DSR_RETRY_WAIT_SECONDS": "3600"]) { house in
            try await house.makeCustomer("anna")
            let deletion = SandboxMatch(operation: "deleteCustomerData")
            await house.sandbox.install(SandboxFault(.dropBeforeActing, match: deletion, count: 1))
            await house.sandbox.install(
                SandboxFault(.status(code: 429, retryAfter: "3600"), match: deletion)
            )
            try await house.sql("insert into dsr.subject_requests (kind, integration_id) values ('erasure', 'anna')")
            try await house.dsr("run").expect(0)
            #expect(try await house.ending(of: 1) == "pending outcome_unknown")
            #expect(try await house.count("select count(*) from dsr.subject_requests where may_have_acted") == 1)
        }
    }

    @Test("a customer who comes back at once is residual data, named by kind and never by value")
    func residual() async throws {
        try await House.with { house in
            try await house.makeCustomer("anna")
            await house.sandbox.install(
                SandboxFault(.reappear, match: SandboxMatch(operation: "deleteCustomerData"))
            )
            try await house.sql("insert into dsr.subject_requests (kind, integration_id) values ('erasure', 'anna')")
            let ended = try await house.dsr("run").expect(1)
            #expect(try await house.ending(of: 1) == "failed residual_data")
            #expect(ended.out.contains("residual_data"))
            #expect(house.file("request-1-confirmation.html") == nil)
        }
    }

    @Test("a rectification is read back; an unknown customer is not created by it")
    func rectified() async throws {
        try await House.with { house in
            try await house.makeCustomer("anna")
            try await house.sql(
                """
                insert into dsr.subject_requests (kind, integration_id, changes) values
                    ('rectification', 'anna', '{"Name": "Anna", "City": null, "Points": 1.50}'),
                    ('rectification', 'nobody', '{"Name": "X"}')
                """
            )
            try await house.dsr("run").expect(0)
            #expect(try await house.ending(of: 1) == "completed rectified")
            #expect(try await house.ending(of: 2) == "completed no_data")
            #expect(await house.sandbox.hasProfile("nobody") == false)
            #expect(try await house.count("select count(*) from dsr.subject_requests where changes is not null") == 0)
        }
    }

    @Test("a rectification that reads back otherwise is not applied")
    func notApplied() async throws {
        try await House.with { house in
            try await house.makeCustomer("anna")
            await house.sandbox.install(
                SandboxFault(
                    .status(code: 200, body: "{}", act: false),
                    match: SandboxMatch(operation: "updateCustomerProfile")
                )
            )
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id, changes) values ('rectification', 'anna', '{\"Name\": \"Anna\"}')"
            )
            try await house.dsr("run").expect(1)
            #expect(try await house.ending(of: 1) == "failed not_applied")
        }
    }

    @Test("what the API refuses needs a person, with its message and without its identifiers")
    func refusedByAPI() async throws {
        try await House.with { house in
            await house.sandbox.install(
                SandboxFault(
                    .status(code: 422, body: #"{"message":"Profile anna-secret@example.com is locked"}"#),
                    match: SandboxMatch(identifier: "anna-secret@example.com")
                )
            )
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) values ('access', 'anna-secret@example.com')"
            )
            let ended = try await house.dsr("run").expect(1)
            #expect(try await house.ending(of: 1) == "failed refused_by_api")
            let reason = try await house.texts("select reason as t from dsr.subject_requests")
            #expect(reason.joined().contains("is locked"))
            #expect(!(reason.joined() + ended.out + ended.err).contains("anna-secret"))
        }
    }

    @Test("a malformed row is refused with a reason, and the run goes on")
    func refused() async throws {
        try await House.with { house in
            try await house.sql("drop trigger check_new_request on dsr.subject_requests")
            try await house.sql(
                """
                insert into dsr.subject_requests (kind, integration_id) values
                    ('forget me', 'a'), ('access', ''), ('access', '..'), ('access', E'a\\nb'),
                    ('rectification', 'a'), ('access', 'ok')
                """
            )
            try await house.dsr("run").expect(1)
            #expect(
                try await house.count(
                    "select count(*) from dsr.subject_requests where state = 'refused' and reason <> ''"
                ) == 5
            )
            #expect(try await house.ending(of: 6) == "completed no_data")
            #expect(
                try await house.texts("select convert_from(payload, 'UTF8') as t from dsr.evidence_payloads")
                    .allSatisfy { !$0.contains("forget me") }
            )
        }
    }

    @Test("an access that failed holds the same person's erasure back")
    func erasureWaitsForFailedAccess() async throws {
        try await House.with { house in
            try await house.makeCustomer("anna")
            await house.sandbox.install(
                SandboxFault(
                    .status(code: 422),
                    match: SandboxMatch(operation: "getCustomerInventory", identifier: "anna")
                )
            )
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) values ('erasure', 'anna'), ('access', 'anna')"
            )
            try await house.dsr("run").expect(1)
            #expect(
                try await house.texts("select waiting_for as t from dsr.subject_requests order by id") == [
                    "failed_request", "-",
                ]
            )
            #expect(try await house.ending(of: 2) == "failed refused_by_api")
            // And it says so every night, until a person has looked.
            #expect(try await house.dsr("run").expect(1).out.contains("waiting for failed_request"))
            #expect(await house.sandbox.hasProfile("anna"))
        }
    }
}
