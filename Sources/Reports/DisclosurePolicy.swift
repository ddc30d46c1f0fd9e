/// What is taken out of an answer before it is handed over.
public struct DisclosurePolicy: Sendable, Hashable {
    /// Rules over the customer inventory.
    public var inventory: [DisclosureRule]
    /// Rules over the answer of the reserved-coupons operation.
    public var reservedCoupons: [DisclosureRule]

    /// A policy of one's own. To extend a standard one, append to its rules: a controller whose `attributes` hold
    /// scores that it computed adds, for instance, `DisclosureRule("profile.attributes.churnScore", .derived)`.
    public init(inventory: [DisclosureRule], reservedCoupons: [DisclosureRule]) {
        self.inventory = inventory
        self.reservedCoupons = reservedCoupons
    }

    /// Where the API's answers name other people.
    ///
    /// An access export stays byte for byte what the API said: Art. 15(4) calls for weighing, which is the controller's
    /// to do, so the export lists these paths and the letter masks them. A portability export leaves them out, since
    /// Art. 20(4) forbids that passing data on to a new controller affects others, and nobody else has agreed to it.
    public static let otherPeople = DisclosurePolicy(
        inventory: [
            DisclosureRule("referrals[].advocateProfileIntegrationId", .thirdPerson, when: .namesAnother),
            DisclosureRule("referrals[].friendProfileIntegrationId", .thirdPerson, when: .namesAnother),
            DisclosureRule("referrals[].referredCustomers[]", .thirdPerson, when: .namesAnother),
            DisclosureRule("coupons[].recipientIntegrationId", .thirdPerson, when: .namesAnother),
            DisclosureRule("loyalty.cards[].profiles[]", .thirdPerson, when: .memberNamesAnother("integrationId")),
            DisclosureRule("giveaways[].profileIntegrationId", .thirdPerson, when: .namesAnother),
            DisclosureRule("giveaways[].profileId", .thirdPerson, when: .siblingNamesAnother("profileIntegrationId")),
        ],
        reservedCoupons: [
            DisclosureRule("data[].recipientIntegrationId", .thirdPerson, when: .namesAnother)
        ]
    )

    /// What a portability export leaves out.
    ///
    /// Art. 20(1) covers what the person provided. WP242 rev.01 reads that broadly: what they entered, and what was
    /// observed of their activity. So identifiers, attributes, dates, session counts and sums, referrals, redeemed and
    /// reserved coupons, giveaways, joined programs, points, and progress stay. Left out are:
    ///
    /// - audience memberships: segments that the controller assigned, the guidelines' own example of inferred data;
    /// - loyalty tiers and the distance to the next: a ranking that the controller's rules derive from the points,
    ///   which themselves stay as the account of what the person collected;
    /// - why a card was blocked: an assessment by the controller;
    /// - the status of an achievement: a verdict on the progress, which itself stays with its dates;
    /// - achievements not begun, and coupons on offer to everybody: every customer's inventory shows the same, so they
    ///   are nobody's data. A coupon that the person redeemed, or that was made out to them, stays;
    /// - other people's identifiers: Art. 20(4).
    ///
    /// Attributes stay whole, because only the controller knows which of its own fields it computed.
    public static let portability = DisclosurePolicy(
        inventory: [
            DisclosureRule("profile.audienceMemberships", .derived),
            DisclosureRule("coupons[]", .nobodys, when: .isOnOfferToEverybody),
            DisclosureRule("loyalty.cards[].blockReason", .derived),
            DisclosureRule("achievements[]", .nobodys, when: .memberIs("status", "not_started")),
            DisclosureRule("achievements[].status", .derived),
        ] + loyaltyTiers + otherPeople.inventory,
        reservedCoupons: [
            DisclosureRule("data[]", .nobodys, when: .isOnOfferToEverybody)
        ] + otherPeople.reservedCoupons
    )

    // Programs spell it `subLedgers`, cards `subledgers`.
    private static let loyaltyTiers = [
        "loyalty.programs.*.ledger", "loyalty.programs.*.subLedgers.*",
        "loyalty.cards[].ledger", "loyalty.cards[].subledgers.*",
    ].flatMap { ledger in
        ["currentTier", "nextTierName", "pointsToNextTier"].map { name in
            DisclosureRule(InventoryPath("\(ledger).\(name)"), .derived)
        }
    }
}
