import Foundation
import Reports

/// A customer with something in every section, and other people around them.
enum Sample {
    static let subject = "customer-42"
    static let otherPeople = ["friend-7", "friend-8", "friend-9", "partner-3", "stranger-5"]

    static let inventory = Data(
        """
        {"profile": {"id": 901, "integrationId": "customer-42", "created": "2024-02-29T23:59:59.123456789Z",
          "attributes": {"Name": "Zo\\u00eb \\"Z\\" <Q>", "shoeSize": 42.50, "odd.key[0]": true, "created": "not ours",
            "tags": ["vip", "früh"], "nested": {"deep": {"er": null}}, "empty": {}, "note": ""},
          "accountId": 7, "closedSessions": 12, "totalSales": 1234567890123456789.10,
          "lastActivity": "2026-03-05T10:15:30.5+02:00", "loyaltyMemberships": null,
          "audienceMemberships": [{"id": 3, "name": "big spenders"}], "sandbox": false},
         "referrals": [{"id": 5, "created": "2025-01-01T00:00:00Z", "campaignId": 9, "code": "REF-1",
          "advocateProfileIntegrationId": "customer-42", "friendProfileIntegrationId": "friend-7",
          "referredCustomers": ["friend-8", "friend-9"], "usageCounter": 2, "usageLimit": 0}],
         "coupons": [
          {"id": 11, "value": "HELLO-11", "state": "unused", "profileRedemptionCount": 0, "implicitlyReserved": true},
          {"id": 12, "value": "HELLO-12", "state": "used", "profileRedemptionCount": 1, "implicitlyReserved": true},
          {"id": 13, "value": "HELLO-13", "state": "unused", "recipientIntegrationId": "stranger-5",
           "profileRedemptionCount": 0, "limits": [{"action": "redeem", "limit": 1e2, "entities": ["Profile"]}]}],
         "loyalty": {"programs": {"4": {"id": 4, "title": "Miles", "name": "miles", "joinDate": "2024-03-01T00:00:00Z",
           "ledger": {"currentBalance": 10.00, "currentTier": {"id": 1, "name": "Gold tier"}, "pointsToNextTier": 90,
            "nextTierName": "Platinum tier"},
           "subLedgers": {"eu": {"currentBalance": 3, "nextTierName": "Silver tier"}}}},
          "cards": [{"id": 1, "programID": 4, "status": "active", "identifier": "CARD-77", "usersPerCardLimit": 2,
           "blockReason": "under review", "profiles": [{"integrationId": "customer-42", "timestamp": "2024-04-01T00:00:00Z"},
            {"integrationId": "partner-3", "timestamp": "2024-05-02T00:00:00Z"}], "subledgers": {}}]},
         "giveaways": [{"id": 21, "code": "GIFT-21", "poolId": 2, "profileIntegrationId": "customer-42", "profileId": 901}],
         "achievements": [{"achievementId": 31, "name": "run", "title": "Runner", "status": "inprogress", "progress": 3},
          {"achievementId": 32, "name": "swim", "title": "Swimmer", "status": "not_started", "progress": 0}]}

        """.utf8
    )

    static let sections = ["profile", "referrals", "coupons", "loyalty", "giveaways", "achievements"]
    static let answer = InventoryAnswer(sectionsAsked: sections, inventory: inventory)

    static func facts(_ right: RequestFacts.Right = .access, subject: String = subject) -> RequestFacts {
        RequestFacts(
            requestID: 42,
            right: right,
            integrationID: subject,
            environment: .live,
            producedAt: Date(timeIntervalSince1970: 1_772_892_309.125),
            runID: 7,
            ticket: "T-\"1\"",
            softwareVersion: "1.0.0"
        )
    }

    static let controller = ControllerFacts(
        name: "Example Shop & Sons",
        contact: ["1 High Street, Berlin", "privacy@shop.example"],
        dataProtectionOfficer: "dpo@shop.example",
        supervisoryAuthority: "The Berlin Commissioner",
        purposes: ["Running promotions"],
        recipients: ["Mail Example Ltd"],
        retention: "Two years after the last purchase.",
        source: "All of it comes from you or your purchases.",
        transfers: "None.",
        automatedDecisions: "None."
    )
}

extension Document {
    var text: String { String(decoding: content, as: UTF8.self) }
}

extension RawJSON {
    /// The value at a path of member names and positions, for short assertions.
    subscript(_ path: String...) -> RawJSON? {
        path.reduce(Optional(self)) { value, step in
            guard let value else { return nil }
            if let position = Int(step), value.kind == .array {
                return value.elements.indices.contains(position) ? value.elements[position] : nil
            }
            return value.values(named: step).first
        }
    }

    var leaves: [RawJSON] {
        switch kind {
        case .object: members.flatMap { $0.value.leaves }
        case .array: elements.flatMap(\.leaves)
        default: [self]
        }
    }
}
