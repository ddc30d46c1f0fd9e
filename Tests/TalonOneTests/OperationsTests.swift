import Foundation
import TalonOne
import TalonOneSandbox
import Testing

@Suite struct OperationsTests {
    @Test(
        "the ten operations work in both dialects, under both authentication schemes",
        arguments: [TalonOneConfiguration.Dialect.v1, .v2, .discover],
        [Authentication.apiKey("sandbox"), .applicationKey(id: 1, key: "fefecafedeadbeef")]
    )
    func tenOperations(dialect: TalonOneConfiguration.Dialect, authentication: Authentication) async throws {
        try await withSandbox { fixture in
            let client = try fixture.client(authentication, dialect: dialect)

            let profile = try await client.updateCustomerProfile(
                integrationId: "anna",
                NewCustomerProfile(attributes: ["Name": "Zoë", "Age": 41, "Old": "x"])
            )
            // Version 2 answers with the profile only if the rules run.
            let answered = try profile.json()["profile.attributes.Name"]
            #expect(answered == (dialect == .v2 ? nil : "Zoë"))
            _ = try await client.updateCustomerProfile(
                integrationId: "anna",
                NewCustomerProfile(attributes: ["Old": nil])
            )

            let cart = [CartItem(name: "Tent", sku: "T-1", quantity: 2, price: Decimal(string: "149.95") ?? 0)]
            let session = try await client.updateCustomerSession(
                customerSessionId: "s-1",
                NewCustomerSession(profileId: "anna", coupon: "AUTUMN10", state: .closed, cartItems: cart)
            )
            let state = try session.json()[dialect == .v2 ? "customerSession" : "session"]
            #expect(state?["state"] == "closed")
            #expect(state?["total"] == Decimal(string: "299.9").map { .number($0) })

            let event = try await client.trackEvent(
                NewEvent(type: "newsletter", attributes: ["list": "weekly"], sessionId: "s-1", profileId: "anna")
            )
            #expect(event.status == (dialect == .v2 ? 204 : 201))
            #expect(event.body.isEmpty == (dialect == .v2))

            let coupon = try await client.createCouponReservation(couponValue: "TENT-LAUNCH", integrationIds: ["anna"])
            #expect(coupon.status == 201)
            #expect(try coupon.json()["reservation"] == false)
            let referral = try await client.createReferral(
                NewReferral(campaignId: 2, advocateProfileIntegrationId: "anna")
            )
            let code = try #require(try referral.json()["code"])

            let reserved = try await client.reservedCoupons(integrationId: "anna").json()
            #expect(reserved.values(of: "value", in: "data") == ["TENT-LAUNCH"])
            let customers = try await client.reservedCustomers(couponValue: "TENT-LAUNCH").json()
            #expect(customers.values(of: "integrationId", in: "data") == ["anna"])

            let all = Set(InventorySection.allCases)
            let inventory = try await client.customerInventory(integrationId: "anna", sections: all).json()
            #expect(inventory["profile.attributes"] == ["Name": "Zoë", "Age": 41])
            #expect(inventory["profile.totalSales"] == Decimal(string: "299.9").map { .number($0) })
            #expect(inventory.values(of: "code", in: "referrals") == [code])
            #expect(inventory.values(of: "value", in: "coupons") == ["AUTUMN10", "FREESHIP", "TENT-LAUNCH"])
            #expect(inventory.values(of: "implicitlyReserved", in: "coupons") == [false, true, false])
            #expect(inventory["loyalty.programs.7.ledger.currentTier"] != nil)
            #expect(inventory.values(of: "profileIntegrationId", in: "giveaways") == ["anna"])
            #expect(inventory.values(of: "status", in: "achievements") == ["completed", "inprogress"])

            let released = try await client.deleteCouponReservation(
                couponValue: "TENT-LAUNCH",
                integrationIds: ["anna"]
            )
            #expect(released.status == 204)
            #expect(try await client.reservedCoupons(integrationId: "anna").json()["data"] == [])

            let deleted = try await client.deleteCustomerData(integrationId: "anna")
            #expect(deleted.status == 204 && deleted.body.isEmpty)
            let gone = try await failure { try await client.customerInventory(integrationId: "anna", sections: all) }
            #expect(gone.code == .notFound)
        }
    }

    @Test("the query has only the requested sections, always in the same order")
    func flags() async throws {
        try await withSandbox { fixture in
            let client = try fixture.client()
            _ = try? await client.customerInventory(integrationId: "x", sections: [.loyalty, .profile, .referrals])
            _ = try? await client.customerInventory(integrationId: "x", sections: [])
            #expect(
                await fixture.lines() == [
                    "GET /v1/customer_profiles/x/inventory?profile=true&referrals=true&loyalty=true",
                    "GET /v1/customer_profiles/x/inventory",
                ]
            )
        }
    }

    @Test("an answer keeps the exact bytes of the body")
    func exactBytes() async throws {
        try await withSandbox { fixture in
            let text = "{ \"profile\" : {\"totalSales\":1e2} }\n"
            await fixture.sandbox.install(SandboxFault(.status(code: 200, body: text)))
            let answer = try await fixture.client().customerInventory(integrationId: "x", sections: [])
            #expect(answer.body == Data(text.utf8))
            #expect(answer.status == 200 && answer.operation == .getCustomerInventory)
        }
    }

    @Test("a request with a body has the JSON content type; a request without a body has none")
    func headers() async throws {
        try await withSandbox { fixture in
            let client = try fixture.client()
            _ = try await client.updateCustomerProfile(integrationId: "a", NewCustomerProfile(attributes: ["b": nil]))
            _ = try await client.deleteCustomerData(integrationId: "a")
            let requests = await fixture.sandbox.requests()
            #expect(requests[0].headers["content-type"] == "application/json")
            #expect(requests[0].headers["user-agent"]?.hasPrefix("dsr/") == true)
            #expect(requests[0].body == #"{"attributes":{"b":null}}"#)
            #expect(requests[1].headers["content-type"] == nil)
            #expect(requests[1].body.isEmpty)
        }
    }

    @Test("64 calls are in flight at once on 64 connections")
    func concurrency() async throws {
        try await withSandbox(connections: 64) { fixture in
            await fixture.sandbox.install(SandboxFault(.hang, match: .init(operation: "deleteCustomerData")))
            let client = try fixture.client()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<64 {
                    group.addTask { _ = try? await client.deleteCustomerData(integrationId: "c\(number)") }
                }
                // No call is answered before all have arrived.
                for number in 0..<64 {
                    _ = try await fixture.sandbox.waitForRequest(matching: .init(identifier: "c\(number)"))
                }
                await fixture.sandbox.clearFaults()
            }
            #expect(await fixture.sandbox.counts().operations["deleteCustomerData"]?.received == 64)
        }
    }
}
