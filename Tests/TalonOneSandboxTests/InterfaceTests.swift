import Foundation
import TalonOneSandbox
import Testing

@Suite struct InterfaceTests {
    @Test(
        "credentials are checked as the API checks them",
        arguments: [
            (["Authorization": "ApiKey-v1 sandbox"], 404), (["Authorization": "ApiKey-v1 wrong"], 401),
            (["Authorization": "Bearer sandbox"], 401), ([:], 401),
            (["Content-Signature": "signer=1; signature=0dbc664752c37541281e3eef8eee0d2d"], 404),
            (["Content-Signature": "signer=1;signature=0dbc664752c37541281e3eef8eee0d2d"], 404),
            (["Content-Signature": "signer=2; signature=0dbc664752c37541281e3eef8eee0d2d"], 400),
            (["Content-Signature": "signer=1; signature=0dbc664752c37541281e3eef8eee0d2e"], 400),
            (["Content-Signature": "nonsense"], 400),
        ] as [([String: String], Int)]
    )
    func credentials(headers: [String: String], status: Int) async throws {
        try await withSandbox { caller in
            let reply = try await caller.send("DELETE", "/v1/customer_data/a", headers: headers)
            #expect(reply.status == status)
        }
    }

    @Test(
        "a path that is not an operation is answered with 404 and changes nothing",
        arguments: ["/v1/", "/v1", "/v1/customer_data/", "/v1/customer_data/a/b", "/v3/customer_data/a", "/", "/%"]
    )
    func noOperation(path: String) async throws {
        try await withSandbox { caller in
            let reply = try await caller.send("DELETE", path)
            #expect(reply.status == 404)
            #expect(await caller.sandbox.counts().operations.isEmpty)
        }
    }

    @Test("a coupon code may equal a part of a path, and may contain a slash")
    func awkwardCoupons() async throws {
        try await withSandbox { caller in
            let coupons = ["coupons", "customerprofiles", "coupons/x"].map {
                SandboxSeed.Coupon(value: $0, campaignId: 1)
            }
            await caller.sandbox.seed(SandboxSeed(coupons: coupons))
            for path in ["coupons", "customerprofiles", "coupons%2Fx"] {
                let reply = try await caller.send(
                    "POST",
                    "/v1/coupon_reservations/\(path)",
                    #"{"integrationIDs":["a"]}"#
                )
                #expect(reply.status == 201 && reply["value"] == path.removingPercentEncoding)
            }
        }
    }

    @Test("errors have the form that the API's clients parse")
    func errors() async throws {
        var settings = SandboxSettings()
        settings.definedAttributes = ["Name"]
        try await withSandbox(settings) { caller in
            let unknown = try await caller.send("POST", "/v1/coupon_reservations/NONE", #"{"integrationIDs":["a"]}"#)
            #expect(unknown.status == 404 && unknown["StatusCode"] == "404" && unknown["message"] != nil)
            #expect(unknown.headers["content-type"] == "application/json")
            let undefined = try await caller.send("PUT", "/v1/customer_profiles/a", #"{"attributes":{"X":1}}"#)
            #expect(undefined.status == 400 && undefined["errors.0.title"] == "Unknown")
            #expect(undefined["errors.0.source.pointer"] == "/attributes/X")
            #expect(try await caller.send("PUT", "/v1/customer_profiles/a", "nonsense").status == 400)
            let campaign = #"{"campaignId":99,"advocateProfileIntegrationId":"a"}"#
            #expect(try await caller.send("POST", "/v1/referrals", campaign).status == 400)
            let advocate = #"{"campaignId":2,"advocateProfileIntegrationId":"nobody"}"#
            #expect(try await caller.send("POST", "/v1/referrals", advocate).status == 400)
        }
    }

    @Test("an update merges attributes, and null clears one")
    func merging() async throws {
        try await withSandbox { caller in
            try await caller.send("PUT", "/v1/customer_profiles/a", #"{"attributes":{"x":1,"y":2}}"#)
            try await caller.send("PUT", "/v2/customer_profiles/a", #"{"attributes":{"x":null,"z":3}}"#)
            let reply = try await caller.send("GET", "/v1/customer_profiles/a/inventory?profile=true")
            #expect(reply["profile.attributes.x"] == nil)
            #expect(reply["profile.attributes.y"] == "2")
            #expect(reply["profile.attributes.z"] == "3")
        }
    }

    @Test("the control interface works over HTTP")
    func control() async throws {
        try await withSandbox { caller in
            let none: [String: String] = [:]
            let seed = #"{"coupons":[{"value":"MORE","campaignId":1}]}"#
            #expect(try await caller.send("POST", "/_sandbox/seed", seed, headers: none).status == 204)
            let fault =
                #"{"match":{"operation":"createCouponReservation"},"count":1,"behaviour":{"status":{"code":503}}}"#
            #expect(try await caller.send("POST", "/_sandbox/faults", fault, headers: none).status == 204)
            let body = #"{"integrationIDs":["a"]}"#
            #expect(try await caller.send("POST", "/v1/coupon_reservations/MORE", body).status == 503)
            #expect(try await caller.send("POST", "/v1/coupon_reservations/MORE", body).status == 201)

            let counts = try await caller.send("GET", "/_sandbox/counts", headers: none)
            #expect(counts["operations.createCouponReservation.received"] == "2")
            #expect(counts["operations.createCouponReservation.acted"] == "1")
            let requests = try await caller.send("GET", "/_sandbox/requests", headers: none)
            #expect(requests["0.target"] == "/v1/coupon_reservations/MORE" && requests["0.body"] == body)
            #expect(!requests.text.contains("ApiKey"))

            let change = #"{"unknownProfileDelete":204,"throttle":null}"#
            #expect(try await caller.send("PATCH", "/_sandbox/settings", change, headers: none).status == 204)
            #expect(try await caller.send("DELETE", "/v1/customer_data/nobody").status == 204)
            #expect(try await caller.send("PATCH", "/_sandbox/settings", "[]", headers: none).status == 400)
            #expect(try await caller.send("POST", "/_sandbox/reset", headers: none).status == 204)
            #expect(try await caller.send("GET", "/_sandbox/requests", headers: none).text == "[]")
            #expect(try await caller.send("GET", "/v1/status/health", headers: none).status == 200)
        }
    }

    @Test("faults match, skip, count and end as installed")
    func faults() async throws {
        try await withSandbox { caller in
            let match = SandboxMatch(operation: "deleteCustomerData", identifier: "a", pathPrefix: "/v1/customer_data")
            await caller.sandbox.install(SandboxFault(.status(code: 500), match: match, count: 2, after: 1))
            var statuses: [Int] = []
            for _ in 0..<5 { statuses.append(try await caller.send("DELETE", "/v1/customer_data/a").status) }
            #expect(statuses == [404, 500, 500, 404, 404])
            await caller.sandbox.install(SandboxFault(.status(code: 500)))
            #expect(try await caller.send("DELETE", "/v1/customer_data/b").status == 500)
            await caller.sandbox.clearFaults()
            #expect(try await caller.send("DELETE", "/v1/customer_data/b").status == 404)
        }
    }

    @Test("a body over 8 MiB is refused")
    func bodyCap() async throws {
        try await withSandbox { caller in
            let body = "{\"attributes\":{\"a\":\"\(String(repeating: "x", count: 9 << 20))\"}}"
            let status = try? await caller.send("PUT", "/v1/customer_profiles/a", body).status
            #expect(status == nil || status == 413)
            #expect(await !caller.sandbox.hasProfile("a"))
        }
    }

    @Test("a request hangs until its caller closes the connection")
    func hangUp() async throws {
        try await withSandbox { caller in
            await caller.sandbox.install(SandboxFault(.hang))
            let call = Task { try await caller.send("DELETE", "/v1/customer_data/a") }
            _ = try await caller.sandbox.waitForRequest(matching: SandboxMatch(identifier: "a"))
            call.cancel()
            await caller.sandbox.waitUntilNothingHangs()
            #expect(await caller.sandbox.counts().operations["deleteCustomerData"]?.acted == 0)
        }
    }

    @Test("a wait for an effect skips requests that were received and not processed")
    func effect() async throws {
        try await withSandbox { caller in
            let (path, body) = ("/v1/customer_profiles/a", #"{"attributes":{}}"#)
            await caller.sandbox.install(SandboxFault(.status(code: 503), count: 1))
            #expect(try await caller.send("PUT", path, body).status == 503)
            await caller.sandbox.install(SandboxFault(.hangAfterActing))
            async let hanging: Void = { _ = try? await caller.send("PUT", path, body) }()
            let match = SandboxMatch(identifier: "a")
            let request = try await caller.sandbox.waitForRequest(matching: match, processed: true)
            #expect(request.number == 1 && request.isProcessed)
            #expect(await caller.sandbox.hasProfile("a"))
            await caller.sandbox.clearFaults()
            await hanging
        }
    }

    @Test("a request without credentials is answered as configured", arguments: [400, 401, 403])
    func missingCredentials(status: Int) async throws {
        var settings = SandboxSettings()
        settings.missingCredentialStatus = status
        try await withSandbox(settings) { caller in
            let reply = try await caller.send("DELETE", "/v1/customer_data/a", headers: [:])
            #expect(reply.status == status)
        }
    }

    @Test("stopping ends hanging requests, and a port in use is an error")
    func lifecycle() async throws {
        try await withSandbox { caller in
            let other = await #expect(throws: (any Error).self) {
                _ = try await SandboxServer.start(port: caller.server.port)
            }
            #expect(other != nil)
            await caller.sandbox.install(SandboxFault(.hang))
            async let hanging: Void = { _ = try? await caller.send("DELETE", "/v1/customer_data/a") }()
            _ = try await caller.sandbox.waitForRequest(matching: SandboxMatch(identifier: "a"))
            await caller.server.stop()
            await caller.server.waitUntilStopped()
            await hanging
        }
    }
}
