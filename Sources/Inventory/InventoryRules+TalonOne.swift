import ExactJSON

extension InventoryRules {
    static let attributes = "profile: attributes"

    /// The rules for the answers of Talon.One.
    ///
    /// Art. 20(1) GDPR covers what the subject provided. WP242 rev.01 reads that broadly: what they entered, and what
    /// was observed of their activity. So identifiers, attributes, dates, session counts and sums, referrals, redeemed
    /// and reserved coupons, giveaways, joined programs, points, and progress are the subject's. Derived are:
    ///
    /// - audience memberships: segments that the controller assigned, the guidelines' own example of inferred data;
    /// - loyalty tiers and the distance to the next: a ranking that the controller's rules derive from the points,
    ///   which themselves are the account of what the subject collected;
    /// - why a card was blocked: an assessment by the controller;
    /// - the status of an achievement: a verdict on the progress, which itself is the subject's with its dates.
    ///
    /// Achievements not begun, programs not joined, and unclaimed coupons on offer to every customer are in every
    /// customer's inventory, so they are everybody's. A section that is not known here, and one of another form, counts as
    /// the subject's: an erasure may only be called complete where nothing is left that could lead back to them. In it, as
    /// in places that are not known, what has the name of a customer's identifier and is not the subject's identifies
    /// another human.
    public static let talonOne = InventoryRules(
        inventory: profile + referrals + coupons(in: "coupons", reservedWhen: .mayBeReserved) + loyalty + giveaways
            + achievements + [
                OwnershipRule(
                    "*",
                    .subject,
                    .container("other section: entries"),
                    when: .isNoneOf(sections)
                )
            ],
        reservedCoupons: coupons(in: "data", reservedWhen: .always) + [
            OwnershipRule(
                "*",
                .subject,
                .container("coupons: other"),
                when: .isNoneOf(["data", "totalResultSize", "hasMore"])
            )
        ],
        elsewhere: identifiersOfOthers
    )

    // An attribute named like a profile is the controller's own field, for instance the address of the subject's page.
    private static let identifiersOfOthers =
        [
            OwnershipRule("**", .thirdParty, when: .isAboutAnother),
            OwnershipRule("**.*IntegrationId", .subject, when: .isOfSessionOrEvent),
            OwnershipRule("**.*IntegrationId", .thirdParty, when: .namesAnother),
            OwnershipRule("**.*IntegrationIds[]", .thirdParty, when: .namesAnother),
            OwnershipRule("**.referredCustomers[]", .thirdParty, when: .namesAnother),
            OwnershipRule("**.profiles[]", .thirdParty, when: .isTextOfAnother),
        ]
        + ["**.*ProfileId", "**.*ProfileIds[]"].flatMap { path in
            [
                OwnershipRule(InventoryPath("profile.attributes.\(path)"), .subject),
                OwnershipRule(InventoryPath(path), .thirdParty, when: .isTextOfAnother),
            ]
        }

    /// The sections of an inventory.
    static let sections = ["profile", "referrals", "coupons", "loyalty", "giveaways", "achievements"]

    static let identifier = "profile: identifier"
    static let totals = "profile: totals"
    private static let otherMembers = "profile: other members"

    // What belongs to the record itself may stay after an erasure, and is the subject's as long as it does. That is a list:
    // any other member is data that a deletion must clear. The account is the controller's, and the environment is
    // everybody's.
    private static let profile =
        [
            OwnershipRule("profile", .subject, .container(otherMembers), when: .isNot(.object)),
            OwnershipRule("profile.attributes", .subject, .container(attributes), when: .isNot(.object)),
            OwnershipRule("profile.attributes.*", .subject, .entry(attributes)),
            OwnershipRule("profile.audienceMemberships", .derived, .container("profile: memberships")),
            OwnershipRule("profile.loyaltyMemberships", .subject, .container("profile: memberships")),
        ]
        + recordMembers.map {
            // A list or an object is not the number, date or text that the record has there.
            OwnershipRule(InventoryPath("profile.\($0)"), .subject, .container(otherMembers), when: .isComposite)
        }
        + [
            OwnershipRule("profile.accountId", .subject, .container(otherMembers), when: .isNot(.number)),
            OwnershipRule("profile.integrationId", .subject, .record(identifier)),
            OwnershipRule("profile.id", .subject, .record("profile: internal number")),
        ]
        + ["created", "modified", "lastActivity"].map {
            OwnershipRule(InventoryPath("profile.\($0)"), .subject, .record("profile: dates"))
        }
        + ["closedSessions", "totalSales"].map {
            OwnershipRule(InventoryPath("profile.\($0)"), .subject, .record(totals))
        }
        + [
            OwnershipRule(
                "profile.*",
                .subject,
                .container(otherMembers),
                when: .isNoneOf(["attributes", "audienceMemberships", "loyaltyMemberships", "accountId", "sandbox"])
            )
        ]

    private static let recordMembers = [
        "integrationId", "id", "created", "modified", "lastActivity", "closedSessions", "totalSales", "accountId",
        "sandbox",
    ]

    private static let referrals = [
        OwnershipRule("referrals", .subject, .container("referrals: entries")),
        OwnershipRule("referrals[].advocateProfileIntegrationId", .thirdParty, when: .namesAnother),
        OwnershipRule("referrals[].friendProfileIntegrationId", .thirdParty, when: .namesAnother),
        OwnershipRule("referrals[].referredCustomers[]", .thirdParty, when: .namesAnother),
    ]

    // A claimed offer is the subject's, but there is nothing to release: it is open to every customer.
    private static func coupons(
        in list: String,
        reservedWhen isReserved: OwnershipRule.Condition
    ) -> [OwnershipRule] {
        let path = "\(list)[]"
        let coupon = InventoryPath(path)
        return [
            OwnershipRule(
                InventoryPath(list),
                .subject,
                .container("coupons: entries"),
                when: .isNot(.array)
            ),
            OwnershipRule(coupon, .everybody, when: .isUnclaimedOffer),
            OwnershipRule(coupon, .subject, .entry("coupons: entries"), when: .isOffer),
            OwnershipRule(coupon, .subject, .entry("coupons: entries"), isReservation: true, when: isReserved),
            OwnershipRule(coupon, .subject, .entry("coupons: entries")),
            OwnershipRule(InventoryPath("\(path).recipientIntegrationId"), .thirdParty, when: .namesAnother),
        ]
    }

    // Programs spell it `subLedgers`, cards `subledgers`.
    private static let loyalty =
        [
            OwnershipRule("loyalty", .subject, .container("loyalty: other"), when: .isNot(.object)),
            OwnershipRule("loyalty.programs", .subject, .container("loyalty: programs"), when: .isNot(.object)),
            OwnershipRule("loyalty.programs.*", .everybody, when: .isProgramNotJoined),
            OwnershipRule("loyalty.programs.*", .subject, .entry("loyalty: programs")),
            OwnershipRule("loyalty.cards", .subject, .container("loyalty: cards")),
            OwnershipRule("loyalty.cards[].blockReason", .derived),
            OwnershipRule("loyalty.cards[].profiles[]", .thirdParty, when: .memberNamesAnother),
        ]
        + ["programs.*.ledger", "programs.*.subLedgers.*", "cards[].ledger", "cards[].subledgers.*"].flatMap { ledger in
            ["currentTier", "nextTierName", "pointsToNextTier"].map { name in
                OwnershipRule(InventoryPath("loyalty.\(ledger).\(name)"), .derived)
            }
        }
        + [OwnershipRule("loyalty.*", .subject, .container("loyalty: other"), when: .isNoneOf(["programs", "cards"]))]

    private static let giveaways = [
        OwnershipRule("giveaways", .subject, .container("giveaways: entries")),
        OwnershipRule("giveaways[].profileIntegrationId", .thirdParty, when: .namesAnother),
        OwnershipRule("giveaways[].profileId", .thirdParty, when: .siblingNamesAnother("profileIntegrationId")),
    ]

    private static let achievements = [
        OwnershipRule("achievements", .subject, .container("achievements: progress"), when: .isNot(.array)),
        OwnershipRule("achievements[]", .everybody, when: .isAchievementNotBegun),
        OwnershipRule("achievements[]", .subject, .entry("achievements: progress")),
        OwnershipRule("achievements[].status", .derived),
    ]
}
