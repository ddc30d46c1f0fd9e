/// Master data, which in Talon.One only its web interface can create: campaigns, coupons, programmes, codes.
///
/// In JSON every list is optional.
public struct SandboxSeed: Sendable, Codable, Hashable {
    /// The campaigns.
    public var campaigns: [Campaign]
    /// The coupons.
    public var coupons: [Coupon]
    /// The loyalty programmes.
    public var loyaltyProgrammes: [LoyaltyProgramme]
    /// The pools of giveaway codes.
    public var giveawayPools: [GiveawayPool]
    /// The achievements.
    public var achievements: [Achievement]

    /// Creates a seed.
    public init(
        campaigns: [Campaign] = [],
        coupons: [Coupon] = [],
        loyaltyProgrammes: [LoyaltyProgramme] = [],
        giveawayPools: [GiveawayPool] = [],
        achievements: [Achievement] = []
    ) {
        self.campaigns = campaigns
        self.coupons = coupons
        self.loyaltyProgrammes = loyaltyProgrammes
        self.giveawayPools = giveawayPools
        self.achievements = achievements
    }

    /// A campaign, to which referrals and coupons belong.
    public struct Campaign: Sendable, Codable, Hashable {
        /// The id.
        public var id: Int64
        /// The name.
        public var name: String
        /// Creates a campaign.
        public init(id: Int64, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// A coupon.
    public struct Coupon: Sendable, Codable, Hashable {
        /// The code.
        public var value: String
        /// The id of the campaign.
        public var campaignId: Int64
        /// The maximum number of redemptions; 0 means no limit.
        public var usageLimit: Int64?
        /// Whether a customer must reserve the coupon before redeeming it.
        public var isReservationMandatory: Bool?
        /// Whether the coupon is in every customer's inventory.
        public var implicitlyReserved: Bool?
        /// The customer for whom the coupon was created.
        public var recipientIntegrationId: String?
        /// Customers who have reserved the coupon and may not have a profile.
        public var reservedFor: [String]?
        /// Creates a coupon.
        public init(
            value: String,
            campaignId: Int64,
            usageLimit: Int64? = nil,
            isReservationMandatory: Bool? = nil,
            implicitlyReserved: Bool? = nil,
            recipientIntegrationId: String? = nil,
            reservedFor: [String]? = nil
        ) {
            self.value = value
            self.campaignId = campaignId
            self.usageLimit = usageLimit
            self.isReservationMandatory = isReservationMandatory
            self.implicitlyReserved = implicitlyReserved
            self.recipientIntegrationId = recipientIntegrationId
            self.reservedFor = reservedFor
        }
    }

    /// A loyalty programme. Every customer who closes a session joins it.
    public struct LoyaltyProgramme: Sendable, Codable, Hashable {
        /// The id.
        public var id: Int64
        /// The name.
        public var name: String
        /// The title shown to customers.
        public var title: String
        /// The points for each unit of currency of a closed session.
        public var pointsPerUnit: Int64
        /// The tiers, lowest first.
        public var tiers: [Tier]
        /// A tier.
        public struct Tier: Sendable, Codable, Hashable {
            /// The name.
            public var name: String
            /// The minimum number of points.
            public var minimumPoints: Int64
            /// Creates a tier.
            public init(name: String, minimumPoints: Int64) {
                self.name = name
                self.minimumPoints = minimumPoints
            }
        }
        /// Creates a programme.
        public init(id: Int64, name: String, title: String, pointsPerUnit: Int64, tiers: [Tier]) {
            self.id = id
            self.name = name
            self.title = title
            self.pointsPerUnit = pointsPerUnit
            self.tiers = tiers
        }
    }

    /// A pool of giveaway codes. The first closed session of a customer takes one code from each pool that has any.
    public struct GiveawayPool: Sendable, Codable, Hashable {
        /// The id.
        public var id: Int64
        /// The codes, in the order in which they are given.
        public var codes: [String]
        /// Creates a pool.
        public init(id: Int64, codes: [String]) {
            self.id = id
            self.codes = codes
        }
    }

    /// An achievement, which a number of closed sessions completes.
    public struct Achievement: Sendable, Codable, Hashable {
        /// The id.
        public var id: Int64
        /// The name: a letter, and one or more letters, digits and underscores.
        public var name: String
        /// The title shown to customers.
        public var title: String
        /// The description.
        public var description: String
        /// The id of the campaign.
        public var campaignId: Int64
        /// The number of closed sessions that completes the achievement.
        public var target: Int64
        /// Creates an achievement.
        public init(id: Int64, name: String, title: String, description: String, campaignId: Int64, target: Int64) {
            self.id = id
            self.name = name
            self.title = title
            self.description = description
            self.campaignId = campaignId
            self.target = target
        }
    }
}

extension SandboxSeed {
    /// A seed with a name that the API does not accept.
    struct InvalidName: Error {}

    /// The seed, if the API would accept its names.
    func checked() throws -> SandboxSeed {
        for achievement in achievements where achievement.name.wholeMatch(of: /[a-zA-Z][a-zA-Z0-9_]+/) == nil {
            throw InvalidName()
        }
        return self
    }

    private enum CodingKeys: String, CodingKey {
        case campaigns, coupons, loyaltyProgrammes, giveawayPools, achievements
    }

    /// Decodes a seed. An absent list is empty.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        campaigns = try container.decodeIfPresent([Campaign].self, forKey: .campaigns) ?? []
        coupons = try container.decodeIfPresent([Coupon].self, forKey: .coupons) ?? []
        loyaltyProgrammes = try container.decodeIfPresent([LoyaltyProgramme].self, forKey: .loyaltyProgrammes) ?? []
        giveawayPools = try container.decodeIfPresent([GiveawayPool].self, forKey: .giveawayPools) ?? []
        achievements = try container.decodeIfPresent([Achievement].self, forKey: .achievements) ?? []
    }
}
