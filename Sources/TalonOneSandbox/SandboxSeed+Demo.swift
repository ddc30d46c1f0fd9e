extension SandboxSeed {
    /// Master data of a shop for outdoor gear: two campaigns, six coupons (one for every customer, one that must be
    /// reserved), a loyalty programme with three tiers, a pool of giveaway codes, and two achievements.
    public static let demo = SandboxSeed(
        campaigns: [
            Campaign(id: 1, name: "Autumn sale"),
            Campaign(id: 2, name: "Bring a friend"),
        ],
        coupons: [
            Coupon(value: "AUTUMN10", campaignId: 1),
            Coupon(value: "AUTUMN20", campaignId: 1, usageLimit: 500),
            Coupon(value: "FREESHIP", campaignId: 1, implicitlyReserved: true),
            Coupon(value: "TENT-LAUNCH", campaignId: 1, usageLimit: 100, isReservationMandatory: true),
            Coupon(value: "THANKYOU15", campaignId: 2, usageLimit: 1),
            Coupon(value: "WELCOME5", campaignId: 2),
        ],
        loyaltyProgrammes: [
            LoyaltyProgramme(
                id: 7,
                name: "summit-club",
                title: "Summit Club",
                pointsPerUnit: 1,
                tiers: [
                    .init(name: "Basecamp", minimumPoints: 0),
                    .init(name: "Ridge", minimumPoints: 250),
                    .init(name: "Summit", minimumPoints: 1_000),
                ]
            )
        ],
        giveawayPools: [
            GiveawayPool(id: 3, codes: (1...200).map { "CINEMA-\(1_000 + $0 * 37)" })
        ],
        achievements: [
            Achievement(
                id: 11,
                name: "first_order",
                title: "First order",
                description: "Complete an order.",
                campaignId: 1,
                target: 1
            ),
            Achievement(
                id: 12,
                name: "regular",
                title: "Regular",
                description: "Complete five orders.",
                campaignId: 1,
                target: 5
            ),
        ]
    )
}
