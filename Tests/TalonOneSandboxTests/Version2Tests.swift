import TalonOneSandbox
import Testing

@Suite struct Version2Tests {
    private static let session =
        #"""
        {"customerSession":{"profileId":"a","state":"closed","couponCodes":["AUTUMN10"],
        "additionalCosts":{"shipping":{"price":4.5}},
        "cartItems":[{"name":"Tent","sku":"t","quantity":2,"price":100.25,"additionalCosts":{"gift":{"price":1}}}]},
        "responseContent":["customerSession","customerProfile"]}
        """#

    @Test("answers have the members that the public documents require")
    func requiredMembers() async throws {
        try await withSandbox { caller in
            let replies = [
                try await caller.send("PUT", "/v2/customer_profiles/a", #"{"responseContent":["customerProfile"]}"#),
                try await caller.send("PUT", "/v2/customer_sessions/s", Self.session),
                try await caller.send("POST", "/v2/events?silent=no", Self.event),
            ]
            for reply in replies {
                #expect(reply.status == 200)
                for member in ["effects", "createdCoupons", "createdReferrals"] { #expect(reply[member] != nil) }
            }
            for member in [
                "id", "applicationId", "updateCount", "total", "cartItemTotal", "additionalCostTotal",
                "cartItemAdditionalCostTotal", "firstSession", "created", "updated", "integrationId", "profileId",
                "state", "attributes", "coupon", "referral", "cartItems",
            ] {
                #expect(replies[1]["customerSession.\(member)"] != nil, "\(member)")
            }
            for member in ["id", "created", "applicationId", "type", "attributes", "effects"] {
                #expect(replies[2]["event.\(member)"] != nil, "\(member)")
            }
            #expect(replies[1]["customerSession.cartItemTotal"] == "200.5")
            #expect(replies[1]["customerSession.additionalCostTotal"] == "4.5")
            #expect(replies[1]["customerSession.cartItemAdditionalCostTotal"] == "2")
            #expect(replies[1]["customerSession.total"] == "207")
            #expect(replies[1]["customerSession.updateCount"] == "1")
            #expect(replies[1]["customerProfile.totalSales"] == "207")
        }
    }

    private static let event = #"{"type":"t","profileId":"a","responseContent":["event"]}"#

    @Test("answers have only the members that responseContent names, and a profile's only with runRuleEngine=true")
    func responseContent() async throws {
        try await withSandbox { caller in
            let always = ["createdCoupons", "createdReferrals", "effects"]
            let session = #"{"customerSession":{"profileId":"a"}}"#
            #expect(try await caller.send("PUT", "/v2/customer_sessions/s", session).members == always)
            let plain = #"{"type":"t","profileId":"a"}"#
            #expect(try await caller.send("POST", "/v2/events?silent=no", plain).members == always)

            let everything =
                #"["customerProfile","triggeredCampaigns","loyalty","event","awardedGiveaways","ruleFailureReasons"]"#
            let profile = #"{"responseContent":\#(everything)}"#
            #expect(try await caller.send("PUT", "/v2/customer_profiles/a", profile).members == always)
            let evaluated = try await caller.send("PUT", "/v2/customer_profiles/a?runRuleEngine=true", profile)
            let all = [
                "awardedGiveaways", "createdCoupons", "createdReferrals", "customerProfile", "effects", "event",
                "loyalty", "ruleFailureReasons", "triggeredCampaigns",
            ]
            #expect(evaluated.members == all)
            let unknown = #"{"responseContent":["everything"]}"#
            #expect(try await caller.send("PUT", "/v2/customer_profiles/a", unknown).status == 400)
        }
    }

    @Test("a session has all its coupons and its referral, and answers with them")
    func codes() async throws {
        try await withSandbox { caller in
            try await caller.send("PUT", "/v2/customer_profiles/b", "{}")
            let made = try await caller.send(
                "POST",
                "/v1/referrals",
                #"{"campaignId":2,"advocateProfileIntegrationId":"b"}"#
            )
            let code = try #require(made["code"])
            let body =
                #"""
                {"customerSession":{"profileId":"a","state":"closed","couponCodes":["AUTUMN10","WELCOME5"],
                "referralCode":"\#(code)"},"responseContent":["customerSession","coupons","referral"]}
                """#
            let reply = try await caller.send("PUT", "/v2/customer_sessions/s", body)
            #expect(reply["customerSession.couponCodes.1"] == "WELCOME5")
            #expect(reply["customerSession.coupon"] == "AUTUMN10")
            #expect(reply["coupons.0.value"] == "AUTUMN10" && reply["coupons.1.value"] == "WELCOME5")
            #expect(reply["coupons.1.profileRedemptionCount"] == "1" && reply["coupons.1.usageCounter"] == "1")
            #expect(reply["referral.code"] == code && reply["referral.referredCustomers.0"] == "a")
            let none = #"{"customerSession":{"couponCodes":[]},"responseContent":["customerSession"]}"#
            let cleared = try await caller.send("PUT", "/v2/customer_sessions/s", none)
            #expect(cleared["customerSession.coupon"] == "" && cleared["customerSession.couponCodes.0"] == nil)
        }
    }

    @Test("dry=true answers as the write would be answered, and changes nothing")
    func dry() async throws {
        try await withSandbox { caller in
            let profile = try await caller.send(
                "PUT",
                "/v2/customer_profiles/a?dry=true&runRuleEngine=true",
                #"{"attributes":{"Name":"A"},"responseContent":["customerProfile"]}"#
            )
            #expect(profile.status == 200 && profile["customerProfile.attributes.Name"] == "A")
            let session = try await caller.send("PUT", "/v2/customer_sessions/s?dry=true", Self.session)
            #expect(session["customerProfile.closedSessions"] == "1")
            #expect(
                try await caller.send("POST", "/v2/events?dry=true", #"{"type":"t","profileId":"a"}"#).status == 204
            )
            #expect(await caller.sandbox.profileCount() == 0)
            #expect(await caller.sandbox.counts().operations["updateCustomerProfile"]?.acted == 0)
            // Version 1 has no such parameter.
            _ = try await caller.send("PUT", "/v1/customer_profiles/a?dry=true", "{}")
            #expect(await caller.sandbox.profileCount() == 1)
        }
    }

    @Test(
        "a sold session can be partially returned or opened again",
        arguments: [
            (["closed", "partially_returned", "cancelled"], 200), (["closed", "open", "closed"], 200),
            (["open", "partially_returned"], 400), (["closed", "partially_returned", "open"], 400),
            (["closed", "partially_returned", "closed"], 400), (["cancelled", "partially_returned"], 400),
        ]
    )
    func returns(states: [String], status: Int) async throws {
        try await withSandbox { caller in
            var reply = try await caller.send("PUT", "/v2/customer_sessions/s", Self.session(states[0]))
            for state in states.dropFirst() {
                reply = try await caller.send("PUT", "/v2/customer_sessions/s", Self.session(state))
            }
            #expect(reply.status == status)
            if status == 200 {
                #expect(reply["customerProfile.closedSessions"] == (states.last == "closed" ? "1" : "0"))
            }
        }
    }

    private static func session(_ state: String) -> String {
        #"""
        {"customerSession":{"profileId":"a","state":"\#(state)","cartItems":[{"sku":"t","quantity":1,"price":5}]},
        "responseContent":["customerProfile"]}
        """#
    }

    @Test(
        "every JSON text is JSON, also with numbers and strings that Swift's own parser refuses",
        arguments: [
            ("1e200", "1e200"), ("1E-300", "1E-300"), ("-0.5e2", "-50"),
            ("123456789012345678901234567890123456789012345", "123456789012345678901234567890123456789012345"),
            (#""\ud800""#, "\"\u{FFFD}\""), (#""\udc00x""#, "\"\u{FFFD}x\""), (#""\ud83d\ude00""#, "\"😀\""),
            (#""\u0000""#, #""\u0000""#), (#""a\/b""#, #""a/b""#), ("[1,{\"a\":null}]", "[1,{\"a\":null}]"),
        ]
    )
    func anyJSON(value: String, kept: String) async throws {
        try await withSandbox { caller in
            let body = #"{"attributes":{"X":\#(value)}}"#
            let reply = try await caller.send("PUT", "/v1/customer_profiles/a", body)
            #expect(reply.status == 200)
            #expect(reply.text.contains(#""attributes":{"X":\#(kept)}"#), "\(reply.text)")
        }
    }

    @Test(
        "what is not JSON is refused",
        arguments: [
            "{", "{}x", "{'a':1}", #"{"a":01}"#, #"{"a":.5}"#, #"{"a":+1}"#, #"{"a":1,}"#, "{\"a\":\"\n\"}", "nul",
        ]
    )
    func notJSON(body: String) async throws {
        try await withSandbox { caller in
            let reply = try await caller.send("PUT", "/v1/customer_profiles/a", body)
            #expect(reply.status == 400 && reply["message"] == "The body is not JSON")
        }
    }

    @Test("achievements have names that the API accepts, and a seed with another one is refused")
    func achievementNames() async throws {
        for achievement in SandboxSeed.demo.achievements {
            #expect(achievement.name.wholeMatch(of: /[a-zA-Z]\w+/) != nil)
        }
        try await withSandbox { caller in
            let seed =
                #"""
                {"achievements":[{"id":1,"name":"two words","title":"t","description":"d","campaignId":1,"target":1}]}
                """#
            let reply = try await caller.send("POST", "/_sandbox/seed", seed, headers: [String: String]())
            #expect(reply.status == 400)
        }
    }

    @Test("an event of version 2 has no session")
    func eventWithoutSession() async throws {
        try await withSandbox { caller in
            let event = #"{"type":"t","profileId":"a","sessionId":"s","responseContent":["event"]}"#
            let reply = try await caller.send("POST", "/v2/events?silent=no", event)
            #expect(reply.status == 200 && reply["event.sessionId"] == nil && reply["customerSession"] == nil)
        }
    }
}
