public import ExactJSON
public import Foundation
public import Inventory
import SubjectRequests

/// A customer with data in every place of the inventory, and other people around them.
public enum Sample {
    /// The customer.
    public static let subject = "customer-42"
    /// What identifies the others.
    public static let otherPeople = ["friend-7", "friend-8", "friend-9", "partner-3", "stranger-5", "907907"]
    /// The sections that were asked for; the answer has one more.
    public static let sections = ["profile", "referrals", "coupons", "loyalty", "giveaways", "achievements"]

    /// The answer of the inventory operation.
    public static let inventory = Data(
        """
        {"profile": {"id": 901, "integrationId": "customer-42", "created": "2024-02-29T23:59:59.123456789Z",
          "attributes": {"Name": "Zo\\u00eb \\"Z\\" <Q>", "shoeSize": 42.50, "odd.key[0]": true, "created": "not ours",
            "tags": ["vip", "früh"], "nested": {"deep": {"er": null}}, "empty": {}, "note": ""},
          "accountId": 7, "closedSessions": 12, "totalSales": 1234567890123456789.10,
          "lastActivity": "2026-03-05T10:15:30.5+02:00", "loyaltyMemberships": null,
          "audienceMemberships": [{"id": 3, "name": "big spenders"}], "sandbox": false, "phone": "+49-30-5550"},
         "referrals": [{"id": 5, "created": "2025-01-01T00:00:00Z", "campaignId": 9, "code": "REF-1",
          "advocateProfileIntegrationId": "customer-42", "friendProfileIntegrationId": "friend-7",
          "referredCustomers": ["friend-8", "friend-9"], "usageCounter": 2, "usageLimit": 0}],
         "coupons": [
          {"id": 11, "value": "HELLO-11", "state": "unused", "profileRedemptionCount": 0, "implicitlyReserved": true},
          {"id": 12, "value": "HELLO-12", "state": "used", "profileRedemptionCount": 1, "implicitlyReserved": true},
          {"id": 13, "value": "HELLO-13", "state": "unused", "recipientIntegrationId": "stranger-5",
           "profileRedemptionCount": 0, "limits": [{"action": "redeem", "limit": 1e2, "entities": ["Profile"]}]},
          {"id": 14, "value": "HELLO-14", "state": "unused", "recipientIntegrationId": "customer-42",
           "profileRedemptionCount": 0, "implicitlyReserved": true}],
         "loyalty": {"programs": {"4": {"id": 4, "title": "Miles", "name": "miles", "joinDate": "2024-03-01T00:00:00Z",
           "ledger": {"currentBalance": 10.00, "currentTier": {"id": 1, "name": "Gold tier"}, "pointsToNextTier": 90,
            "nextTierName": "Platinum tier"},
           "subLedgers": {"eu": {"currentBalance": 3, "nextTierName": "Silver tier"}}},
           "5": {"id": 5, "title": "Club", "name": "club", "ledger": {"currentBalance": 0, "pointsToNextTier": 250}}},
          "cards": [{"id": 1, "programID": 4, "status": "active", "identifier": "CARD-77", "usersPerCardLimit": 2,
           "blockReason": "under review", "profiles": [{"integrationId": "customer-42", "timestamp": "2024-04-01T00:00:00Z"},
            {"integrationId": "partner-3", "timestamp": "2024-05-02T00:00:00Z"}], "subledgers": {}}]},
         "giveaways": [{"id": 21, "code": "GIFT-21", "poolId": 2, "profileIntegrationId": "customer-42", "profileId": 901},
          {"id": 22, "code": "GIFT-22", "poolId": 2, "profileIntegrationId": "friend-9", "profileId": 907907}],
         "achievements": [{"achievementId": 31, "name": "run", "title": "Runner", "status": "inprogress", "progress": 3},
          {"achievementId": 32, "name": "swim", "title": "Swimmer", "status": "not_started", "progress": 0}],
         "wallets": [{"id": 41}]}

        """.utf8
    )

    /// A value of the sample, and what follows from whose it is. Each stands alone: it is all that an inventory may hold.
    public struct Place: Sendable {
        /// The path of member names and positions.
        public var path: [String]
        /// The kinds that remain while a deletion has not cleared it.
        public var remains: [String] = []
        /// The kinds in the record itself, next to the identifier.
        public var record: [String] = []
        /// The coupons that are released.
        public var released: [String] = []
        /// Whether a portability export leaves it out.
        public var isLeftOutOfPortability = false
    }

    /// Every value of the sample that stands alone.
    public static let places = [
        Place(path: ["profile", "id"], record: ["profile: internal number"]),
        Place(path: ["profile", "created"], record: ["profile: dates"]),
        Place(path: ["profile", "attributes"], remains: ["profile: attributes"]),
        Place(path: ["profile", "closedSessions"], record: ["profile: totals"]),
        Place(path: ["profile", "totalSales"], record: ["profile: totals"]),
        Place(path: ["profile", "lastActivity"], record: ["profile: dates"]),
        Place(
            path: ["profile", "audienceMemberships"],
            remains: ["profile: memberships"],
            isLeftOutOfPortability: true
        ),
        Place(path: ["profile", "phone"], remains: ["profile: other members"]),
        Place(path: ["referrals"], remains: ["referrals: entries"]),
        Place(path: ["coupons", "0"], isLeftOutOfPortability: true),
        Place(path: ["coupons", "1"], remains: ["coupons: entries"]),
        Place(path: ["coupons", "2"], remains: ["coupons: entries"], released: ["HELLO-13"]),
        Place(path: ["coupons", "3"], remains: ["coupons: entries"]),
        Place(path: ["loyalty", "programs", "4"], remains: ["loyalty: programs"]),
        Place(path: ["loyalty", "programs", "5"], isLeftOutOfPortability: true),
        Place(path: ["loyalty", "cards"], remains: ["loyalty: cards"]),
        Place(path: ["giveaways"], remains: ["giveaways: entries"]),
        Place(path: ["achievements", "0"], remains: ["achievements: progress"]),
        Place(path: ["achievements", "1"], isLeftOutOfPortability: true),
        Place(path: ["wallets"], remains: ["other section: entries"]),
    ]

    /// The sample with no other place in it; the identifier stays.
    public static func only(_ place: Place) throws -> CustomerInventory {
        let root = try RawJSON.parse(inventory)
        let others = places.filter { $0.path != place.path }.compactMap { root[path: $0.path]?.place }
        return try inventory(root.removing(Set(others)))
    }

    /// An inventory of the customer `subject`, parsed.
    public static func inventory(
        of subject: String = subject,
        _ body: Data = inventory,
        sectionsAsked: [String] = sections,
        rules: InventoryRules = .talonOne
    ) throws -> CustomerInventory {
        try CustomerInventory(of: SubjectID(subject), sectionsAsked: sectionsAsked, body: body, rules: rules)
    }

    /// An inventory of the customer `subject`, parsed.
    public static func inventory(_ body: String, rules: InventoryRules = .talonOne) throws -> CustomerInventory {
        try inventory(Data(body.utf8), rules: rules)
    }

    /// A customer whom the API does not know, with this answer of the reserved-coupons operation.
    public static func unknown(reservedCoupons body: String) throws -> CustomerInventory {
        var inventory = CustomerInventory.unknown(try SubjectID(subject), sectionsAsked: sections)
        try inventory.addReservedCoupons(Data(body.utf8))
        return inventory
    }
}

extension RawJSON {
    /// The value at a path of member names and positions, for short assertions.
    public subscript(_ path: String...) -> RawJSON? { self[path: path] }

    /// The value at a path of member names and positions.
    public subscript(path path: [String]) -> RawJSON? {
        path.reduce(Optional(self)) { value, step in
            guard let value else { return nil }
            if let position = Int(step), value.kind == .array {
                return value.elements.indices.contains(position) ? value.elements[position] : nil
            }
            return value.values(named: step).first
        }
    }

    /// Every value without values of its own, in document order.
    public var leaves: [RawJSON] {
        switch kind {
        case .object: members.flatMap { $0.value.leaves }
        case .array: elements.flatMap(\.leaves)
        default: [self]
        }
    }
}
