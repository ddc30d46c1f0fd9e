import Foundation
import TalonOneSandbox
import Testing

@Suite struct HostileRequestTests {
    /// A request with one member of the wrong type, at the JSON pointer of the error.
    struct Wrong: CustomTestStringConvertible {
        let method: String, path: String, body: String, pointer: String
        var testDescription: String { "\(method) \(path) \(body)" }

        init(_ line: String, _ body: String, _ pointer: String) {
            let words = line.split(separator: " ").map(String.init)
            (method, path) = (words[0], words[1])
            (self.body, self.pointer) = (body, pointer)
        }
    }

    private static func session(_ members: String, _ pointer: String) -> [Wrong] {
        [
            Wrong("PUT /v1/customer_sessions/s", "{\(members)}", pointer),
            Wrong("PUT /v2/customer_sessions/s", #"{"customerSession":{\#(members)}}"#, "/customerSession" + pointer),
        ]
    }

    private static let wrong: [Wrong] =
        [
            Wrong("PUT /v1/customer_profiles/a", #"{"attributes":[]}"#, "/attributes"),
            Wrong("PUT /v2/customer_profiles/a", #"{"attributes":"x"}"#, "/attributes"),
            Wrong(
                "PUT /v2/customer_profiles/a",
                #"{"audiencesChanges":{"adds":["x"],"deletes":[]}}"#,
                "/audiencesChanges/adds/0"
            ),
            Wrong("PUT /v2/customer_profiles/a", #"{"audiencesChanges":{"adds":[]}}"#, "/audiencesChanges/deletes"),
            Wrong("PUT /v2/customer_sessions/s", "{}", "/customerSession"),
            Wrong("PUT /v1/customer_sessions/s", #"{"total":"5"}"#, "/total"),
            Wrong("PUT /v1/customer_sessions/s", #"{"total":1e200}"#, "/total"),
            Wrong("PUT /v1/customer_sessions/s", #"{"coupon":5}"#, "/coupon"),
            Wrong("POST /v1/events", #"{"type":"t","attributes":{},"profileId":"a"}"#, "/sessionId"),
            Wrong("POST /v1/events", #"{"type":"t","sessionId":"s","profileId":"a"}"#, "/attributes"),
            Wrong("POST /v2/events", #"{"type":"","profileId":"a"}"#, "/type"),
            Wrong("POST /v2/events", #"{"type":"t","profileId":5}"#, "/profileId"),
            Wrong("POST /v1/referrals", #"{"campaignId":"2","advocateProfileIntegrationId":"a"}"#, "/campaignId"),
            Wrong("POST /v1/referrals", #"{"campaignId":-2,"advocateProfileIntegrationId":"a"}"#, "/campaignId"),
            Wrong("POST /v1/coupon_reservations/AUTUMN10", #"{"integrationIDs":["a",5]}"#, "/integrationIDs/1"),
            Wrong("DELETE /v1/coupon_reservations/AUTUMN10", #"{"integrationIDs":"a"}"#, "/integrationIDs"),
        ]
        + ["startDate", "expiryDate"].flatMap { name in
            ["1", #""soon""#, #""2026-13-01T00:00:00Z""#].map { value in
                Wrong(
                    "POST /v1/referrals",
                    #"{"campaignId":2,"advocateProfileIntegrationId":"a","\#(name)":\#(value)}"#,
                    "/\(name)"
                )
            }
        }
        + ["-1", "1000000", "1.5", "1e60"].map { limit in
            Wrong(
                "POST /v1/referrals",
                #"{"campaignId":2,"advocateProfileIntegrationId":"a","usageLimit":\#(limit)}"#,
                "/usageLimit"
            )
        }
        + session(#""profileId":5"#, "/profileId")
        + session(#""profileId":"\#(String(repeating: "k", count: 1_001))""#, "/profileId")
        + session(#""state":"lost""#, "/state") + session(#""state":["open"]"#, "/state")
        + session(#""identifiers":"x""#, "/identifiers") + session(#""attributes":5"#, "/attributes")
        + session(#""cartItems":{}"#, "/cartItems") + session(#""cartItems":[5]"#, "/cartItems/0")
        + session(#""cartItems":[{"name":"n","quantity":1,"price":1}]"#, "/cartItems/0/sku")
        + session(#""cartItems":[{"name":"n","sku":"s","quantity":0,"price":1}]"#, "/cartItems/0/quantity")
        + session(#""cartItems":[{"name":"n","sku":"s","quantity":1,"price":"1"}]"#, "/cartItems/0/price")
        + session(#""cartItems":[{"name":"n","sku":"s","quantity":1,"price":1e60}]"#, "/cartItems/0/price")
        + [
            Wrong(
                "PUT /v2/customer_sessions/s",
                #"{"customerSession":{"additionalCosts":{"shipping":{}}}}"#,
                "/customerSession/additionalCosts/shipping/price"
            ),
            Wrong(
                "PUT /v2/customer_sessions/s",
                #"{"customerSession":{"couponCodes":"AUTUMN10"}}"#,
                "/customerSession/couponCodes"
            ),
        ]

    @Test("a member of the wrong type is refused with its place, and nothing is changed", arguments: wrong)
    func wrongTypes(request: Wrong) async throws {
        try await withSandbox { caller in
            let reply = try await caller.send(request.method, request.path, request.body)
            #expect(reply.status == 400 && reply["StatusCode"] == "400" && reply["message"] != nil)
            #expect(reply["errors.0.source.pointer"] == request.pointer, "\(reply.text)")
            #expect(await caller.sandbox.profileCount() == 0)
        }
    }

    @Test("null is an absent member")
    func null() async throws {
        try await withSandbox { caller in
            let body = #"{"profileId":null,"coupon":null,"state":null,"cartItems":null,"total":null,"attributes":null}"#
            let reply = try await caller.send("PUT", "/v1/customer_sessions/s", body)
            #expect(reply.status == 200)
        }
    }

    @Test("of two equal names the last one counts, as in the API's Go")
    func duplicates() async throws {
        try await withSandbox { caller in
            let body = #"{"attributes":{"x":1},"attributes":{"x":2}}"#
            let reply = try await caller.send("PUT", "/v1/customer_profiles/a", body)
            #expect(reply["profile.attributes.x"] == "2")
        }
    }

    @Test(
        "a body that cannot be read is refused with the reason",
        arguments: [
            (#"{"attributes":{"x":1e400}}"#, "The submitted data was invalid"),
            (#"{"attributes":{"x":-1e99999999999999999999}}"#, "The submitted data was invalid"),
            (String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000), "nested too deeply"),
            (String(repeating: "[", count: 4_000_000), "nested too deeply"),
            (String(repeating: #"{"a":"#, count: 1_000_000), "nested too deeply"), ("\u{FEFF}{}", "not JSON"),
            ("5", "must be a JSON object"), ("null", "must be a JSON object"), ("", "must be a JSON object"),
        ]
    )
    func unreadable(body: String, message: String) async throws {
        try await withSandbox { caller in
            let reply = try await caller.send("PUT", "/v1/customer_profiles/a", body)
            #expect(reply.status == 400 && reply["StatusCode"] == "400")
            #expect(reply["message"]?.contains(message) == true, "\(reply.text.prefix(200))")
            #expect(try await caller.send("GET", "/v1/status/health").status == 200)
        }
    }

    @Test(
        "an id in the path is data, whatever its characters",
        arguments: ["a%2Fb", "%2F", "%2e%2e", "a%252Fb", "%00", "-1", String(repeating: "k", count: 1_000)]
    )
    func identifiers(id: String) async throws {
        try await withSandbox { caller in
            #expect(try await caller.send("PUT", "/v2/customer_profiles/\(id)", "{}").status == 200)
            let inventory = try await caller.send("GET", "/v1/customer_profiles/\(id)/inventory?profile=true")
            #expect(inventory["profile.integrationId"] == id.removingPercentEncoding)
            #expect(try await caller.send("DELETE", "/v1/customer_data/\(id)").status == 204)
            #expect(await caller.sandbox.profileCount() == 0)
        }
    }

    @Test("a path that no operation has is not found", arguments: ["%ff", "%c3%28", "a/b", ""])
    func paths(id: String) async throws {
        try await withSandbox { caller in
            let reply = try await caller.send("PUT", "/v2/customer_profiles/\(id)", "{}")
            #expect(reply.status == 404 && reply["StatusCode"] == "404")
        }
    }

    @Test("an id of more than 1000 characters is refused")
    func longIdentifier() async throws {
        try await withSandbox { caller in
            let id = String(repeating: "k", count: 1_001)
            for path in ["/v2/customer_profiles", "/v1/customer_sessions"] {
                let reply = try await caller.send("PUT", "\(path)/\(id)", "{}")
                #expect(reply.status == 400)
            }
        }
    }

    @Test("ids that differ only in Unicode normalisation are different customers")
    func normalisation() async throws {
        let (composed, decomposed) = ("%C3%A9", "e%CC%81")
        try await withSandbox { caller in
            try await caller.send("PUT", "/v2/customer_profiles/\(composed)", #"{"attributes":{"x":1}}"#)
            try await caller.send("PUT", "/v2/customer_profiles/\(decomposed)", #"{"attributes":{"x":2}}"#)
            let both = #"{"integrationIDs":["\u00e9","e\u0301"]}"#
            try await caller.send("POST", "/v1/coupon_reservations/AUTUMN10", both)
            #expect(try await caller.send("DELETE", "/v1/customer_data/\(decomposed)").status == 204)
            #expect(try await caller.send("DELETE", "/v1/customer_data/\(decomposed)").status == 404)
            let kept = try await caller.send("GET", "/v1/customer_profiles/\(composed)/inventory?profile=true")
            #expect(kept["profile.attributes.x"] == "1")
            let reserved = try await caller.send("GET", "/v1/coupon_reservations/customerprofiles/AUTUMN10")
            #expect(reserved["totalResultSize"] == "1")
        }
    }

    @Test("large amounts stay exact, and an answer is always JSON")
    func amounts() async throws {
        try await withSandbox { caller in
            let body =
                #"""
                {"customerSession":{"profileId":"a","state":"closed",
                "cartItems":[{"sku":"s","quantity":2147483647,"price":1e15}]},"responseContent":["customerSession"]}
                """#
            let reply = try await caller.send("PUT", "/v2/customer_sessions/s", body)
            #expect(reply.text.contains(#""total":2147483647000000000000000"#), "\(reply.text)")
        }
    }
}
