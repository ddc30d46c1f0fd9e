import TalonOneSandbox
import Testing

@Suite struct ErasureTests {
    /// Creates a customer with data in every section of the inventory, and a referred friend.
    private func populate(_ caller: Caller) async throws -> String {
        try await caller.send("PUT", "/v1/customer_profiles/a", #"{"attributes":{"Name":"Anna"}}"#)
        let made = try await caller.send(
            "POST",
            "/v1/referrals",
            #"{"campaignId":2,"advocateProfileIntegrationId":"a"}"#
        )
        let code = try #require(made["code"])
        let friend = #"{"profileId":"f","state":"closed","total":10,"referral":"\#(code)"}"#
        try await caller.send("PUT", "/v1/customer_sessions/f1", friend)
        let own = #"{"profileId":"a","state":"closed","total":10,"identifiers":["1.2.3.4"],"attributes":{"x":"y"}}"#
        try await caller.send("PUT", "/v1/customer_sessions/a1", own)
        try await caller.send("POST", "/v1/coupon_reservations/AUTUMN10", #"{"integrationIDs":["a","f"]}"#)
        return code
    }

    private let everything =
        "/v1/customer_profiles/a/inventory"
        + "?profile=True&referrals=true&coupons=true&loyalty=true&giveaways=true&achievements=true"

    @Test("a deletion erases the profile and everything that refers to it", arguments: [true, false])
    func clears(hollow: Bool) async throws {
        var settings = SandboxSettings()
        settings.afterDelete = hollow ? .hollow : .gone
        try await withSandbox(settings) { caller in
            let code = try await populate(caller)
            let before = try await caller.send("GET", everything)
            #expect(before["referrals.0.code"] == code && before["referrals.0.referredCustomers.0"] == "f")
            #expect(before["giveaways.0.profileIntegrationId"] == "a")

            let deleted = try await caller.send("DELETE", "/v1/customer_data/a")
            #expect(deleted.status == 204 && deleted.text.isEmpty && deleted.headers["content-length"] == nil)

            let after = try await caller.send("GET", everything)
            if hollow {
                #expect(after.status == 200 && after["profile.integrationId"] == "a")
                #expect(after["profile.closedSessions"] == "0" && after["referrals.0.code"] == nil)
                #expect(after["giveaways.0.code"] == nil && after["loyalty.programs.7.name"] == nil)
                #expect(after["coupons.0.value"] == "FREESHIP" && after["coupons.1.value"] == nil)
            } else {
                #expect(after.status == 404)
            }
            #expect(!after.text.contains("Anna"))

            let reserved = try await caller.send("GET", "/v1/coupon_reservations/customerprofiles/AUTUMN10")
            #expect(reserved["totalResultSize"] == "1" && reserved["data.0.integrationId"] == "f")
            // The session, found by its own id, no longer refers to the customer.
            let mine = try await caller.send("PUT", "/v1/customer_sessions/a1", #"{"state":"closed"}"#)
            #expect(mine["session.profileId"] == "" && !mine.text.contains("1.2.3.4"))
        }
    }

    @Test("deleting a friend whose referral is older than their profile removes them from the referral")
    func friends() async throws {
        try await withSandbox { caller in
            try await caller.send("PUT", "/v1/customer_profiles/a", "{}")
            let body = #"{"campaignId":2,"advocateProfileIntegrationId":"a","friendProfileIntegrationId":"f"}"#
            try await caller.send("POST", "/v1/referrals", body)
            try await caller.send("PUT", "/v1/customer_profiles/f", "{}")
            try await caller.send("DELETE", "/v1/customer_data/f")
            let inventory = try await caller.send("GET", everything)
            #expect(inventory["referrals.0.code"] != nil)
            #expect(inventory["referrals.0.friendProfileIntegrationId"] == nil)
        }
    }

    @Test("the deletion and the inventory of an unknown customer are answered as configured")
    func unknown() async throws {
        try await withSandbox { caller in
            var settings = SandboxSettings()
            for (delete, inventory, status) in [
                (204, SandboxSettings.UnknownInventory.emptyObject, 200), (404, .notFound, 404),
                (404, .emptyProfile, 200),
            ] {
                settings.unknownProfileDelete = delete
                settings.unknownProfileInventory = inventory
                await caller.sandbox.update(settings)
                #expect(try await caller.send("DELETE", "/v1/customer_data/nobody").status == delete)
                let reply = try await caller.send("GET", "/v1/customer_profiles/nobody/inventory?profile=true")
                #expect(reply.status == status)
                #expect((reply["profile.integrationId"] == "nobody") == (inventory == .emptyProfile))
            }
            #expect(await !caller.sandbox.hasProfile("nobody"))
        }
    }

    @Test("a deletion may have no body, an empty object or null", arguments: [nil, "{}", "null"])
    func bodies(body: String?) async throws {
        try await withSandbox { caller in
            try await caller.send("PUT", "/v1/customer_profiles/a", "{}")
            let headers = ["Authorization": "ApiKey-v1 sandbox", "Content-Type": "application/json"]
            #expect(try await caller.send("DELETE", "/v1/customer_data/a", body, headers: headers).status == 204)
        }
    }

    @Test("counts distinguish received deletions from deletions carried out")
    func counts() async throws {
        try await withSandbox { caller in
            try await caller.send("PUT", "/v1/customer_profiles/a", "{}")
            await caller.sandbox.install(
                SandboxFault(.dropBeforeActing, match: SandboxMatch(identifier: "a"), count: 1)
            )
            _ = try? await caller.send("DELETE", "/v1/customer_data/a")
            try await caller.send("DELETE", "/v1/customer_data/a")
            try await caller.send("DELETE", "/v1/customer_data/a")
            let count = await caller.sandbox.counts().destructive["deleteCustomerData a"]
            #expect(count?.received == 3 && count?.acted == 1)
        }
    }
}
