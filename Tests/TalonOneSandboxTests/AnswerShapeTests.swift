import Foundation
import TalonOneSandbox
import Testing

/// Compares answers to the required members of the API's models, written as `name type`, where `a/b` is an enum.
@Suite struct AnswerShapeTests {
    private static let profile =
        """
        id int, integrationId text, created time, attributes object, accountId int, closedSessions int,
        totalSales number, lastActivity time
        """
    private static let coupon =
        "id int, created time, campaignId int, value text, usageLimit int, usageCounter int, reservation bool"
    private static let referral =
        """
        id int, created time, campaignId int, advocateProfileIntegrationId text, code text, usageLimit int,
        usageCounter int
        """
    private static let session =
        """
        integrationId text, created time, applicationId int, profileId text, coupon text, referral text,
        state open/closed/cancelled/partially_returned, cartItems list, total number, attributes object,
        firstSession bool
        """
    private static let event =
        "id int, created time, applicationId int, type text, attributes object, effects list, ledgerEntries list"
    private static let everything =
        "/v1/customer_profiles/a/inventory"
        + "?profile=true&referrals=true&coupons=true&loyalty=true&giveaways=true&achievements=true"

    /// Creates a customer with data in every section of the inventory.
    private static func populate(_ caller: Caller) async throws {
        try await caller.send("PUT", "/v2/customer_profiles/a", #"{"attributes":{"Name":"Anna"}}"#)
        let dates = #""startDate":"2026-01-01T00:00:00.123456789+02:00","expiryDate":"2027-01-01T00:00:00Z""#
        let referral = #"{"campaignId":2,"advocateProfileIntegrationId":"a","usageLimit":3,\#(dates)}"#
        let made = try await caller.send("POST", "/v1/referrals", referral)
        check(made, "", Self.referral + ", startDate time, expiryDate time")
        let reserved = try await caller.send("POST", "/v1/coupon_reservations/WELCOME5", #"{"integrationIDs":["a"]}"#)
        check(reserved, "", coupon)
        let friend = #"{"customerSession":{"profileId":"f","state":"closed","referralCode":"\#(made["code"] ?? "")"}}"#
        try await caller.send("PUT", "/v2/customer_sessions/f", friend)
    }

    @Test("every section of an inventory has the required members with the declared types")
    func inventory() async throws {
        try await withSandbox { caller in
            try await Self.populate(caller)
            let session = #"{"customerSession":{"profileId":"a","state":"closed","couponCodes":["AUTUMN10"]}}"#
            try await caller.send("PUT", "/v2/customer_sessions/s", session)
            let reply = try await caller.send("GET", Self.everything)
            Self.check(reply, "profile", Self.profile + ", sandbox bool")
            Self.check(reply, "referrals.0", Self.referral + ", referredCustomers list")
            for index in 0...2 {
                let state = "state active/used/expired/pending/disabled"
                Self.check(reply, "coupons.\(index)", Self.coupon + ", profileRedemptionCount int, \(state)")
            }
            Self.check(reply, "giveaways.0", "id int, created time, code text, poolId int, used bool")
            for index in 0...1 {
                Self.check(
                    reply,
                    "achievements.\(index)",
                    """
                    achievementId int, name text, title text, description text, campaignId int, progress number,
                    target number, status inprogress/completed/expired/not_started,
                    achievementRecurrencePolicy no_recurrence/on_expiration/on_completion,
                    achievementActivationPolicy user_action/fixed_schedule
                    """
                )
            }
            Self.check(reply, "loyalty", "programs object, cards list")
            Self.check(reply, "loyalty.programs.7", "id int, title text, name text, joinDate time, subLedgers object")
            Self.check(
                reply,
                "loyalty.programs.7.ledger",
                "currentBalance number, pendingBalance number, tentativeCurrentBalance number, currentTier object"
            )
            Self.check(reply, "loyalty.programs.7.ledger.currentTier", "id int, name text")
        }
    }

    @Test("version 1 answers with a whole state of profile, session, event and loyalty")
    func state() async throws {
        try await withSandbox { caller in
            let body = #"{"profileId":"a","state":"closed","coupon":"AUTUMN10","total":12.5}"#
            let event = #"{"type":"t","attributes":{},"sessionId":"s","profileId":"a"}"#
            for reply in [
                try await caller.send("PUT", "/v1/customer_profiles/a", "{}"),
                try await caller.send("PUT", "/v1/customer_sessions/s", body),
                try await caller.send("POST", "/v1/events", event),
            ] {
                Self.check(reply, "profile", Self.profile)
                Self.check(reply, "session", Self.session + ", discounts object")
                Self.check(reply, "event", Self.event)
                Self.check(reply, "loyalty", "programs object")
            }
        }
    }

    @Test("the parts of a version 2 answer have the required members with the declared types")
    func parts() async throws {
        try await withSandbox { caller in
            try await Self.populate(caller)
            let made = try await caller.send("GET", Self.everything)
            let content = #"["customerProfile","customerSession","coupons","referral","event","loyalty"]"#
            let body =
                #"""
                {"customerSession":{"profileId":"b","couponCodes":["AUTUMN10"],
                "referralCode":"\#(made["referrals.0.code"] ?? "")"},"responseContent":\#(content)}
                """#
            let reply = try await caller.send("PUT", "/v2/customer_sessions/s", body)
            Self.check(reply, "", "effects list, createdCoupons list, createdReferrals list, loyalty object")
            Self.check(reply, "customerProfile", Self.profile)
            Self.check(reply, "coupons.0", Self.coupon + ", profileRedemptionCount int")
            Self.check(reply, "referral", Self.referral + ", referredCustomers list")
            Self.check(reply, "event", Self.event)
            Self.check(
                reply,
                "customerSession",
                Self.session
                    + """
                    , id int, updated time, updateCount int, cartItemTotal number, additionalCostTotal number,
                    cartItemAdditionalCostTotal number, couponCodes list, referralCode text
                    """
            )
        }
    }

    @Test("reservations and errors have the required members with the declared types")
    func others() async throws {
        try await withSandbox { caller in
            try await Self.populate(caller)
            let customers = try await caller.send("GET", "/v1/coupon_reservations/customerprofiles/WELCOME5")
            Self.check(customers, "", "totalResultSize int, data list")
            Self.check(customers, "data.0", Self.profile)
            let coupons = try await caller.send("GET", "/v1/coupon_reservations/coupons/a")
            Self.check(coupons, "", "totalResultSize int, data list")
            Self.check(coupons, "data.0", Self.coupon)
            let refused = try await caller.send("PUT", "/v1/customer_profiles/a", #"{"attributes":5}"#)
            Self.check(refused, "", "message text, StatusCode int, errors list")
            Self.check(refused, "errors.0", "title text, details text, source object")
        }
    }

    // MARK: Comparison

    private static func check(
        _ reply: Caller.Reply,
        _ path: String,
        _ members: String,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let root = try? JSONDecoder().decode(Value.self, from: Data(reply.text.utf8))
        let object = path.split(separator: ".").reduce(root) { $0?[String($1)] }
        guard let object else {
            Issue.record("\(path) is absent in \(reply.text)", sourceLocation: location)
            return
        }
        for member in members.split(separator: ",") {
            let words = member.split(whereSeparator: \.isWhitespace).map(String.init)
            let value = object[words[0]]
            #expect(value?.isA(words[1]) == true, "\(path).\(words[0])", sourceLocation: location)
        }
    }

    /// A JSON value whose numbers are not taken for booleans.
    private enum Value: Decodable {
        case bool(Bool), int(Int64), number(Decimal), text(String), list([Value]), object([String: Value]), null

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let value = try? container.decode(Bool.self) {
                self = .bool(value)
            } else if let value = try? container.decode(Int64.self) {
                self = .int(value)
            } else if let value = try? container.decode(Decimal.self) {
                self = .number(value)
            } else if let value = try? container.decode(String.self) {
                self = .text(value)
            } else if let value = try? container.decode([Value].self) {
                self = .list(value)
            } else {
                self = .object(try container.decode([String: Value].self))
            }
        }

        subscript(key: String) -> Value? {
            switch self {
            case .list(let values): Int(key).flatMap { values.indices.contains($0) ? values[$0] : nil }
            case .object(let members): members[key]
            default: nil
            }
        }

        func isA(_ type: String) -> Bool {
            switch (self, type) {
            case (.bool, "bool"), (.int, "int"), (.int, "number"), (.number, "number"), (.text, "text"),
                (.list, "list"), (.object, "object"):
                true
            case (.text(let text), "time"):
                text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/) != nil
            case (.text(let text), _): type.contains("/") && type.split(separator: "/").contains { $0 == text }
            default: false
            }
        }
    }
}
