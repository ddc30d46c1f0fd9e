/// Master data that only Talon.One's back office can make: what there is before the first customer comes.
///
/// In JSON every list may be left out.
public struct SandboxSeed: Sendable, Codable, Hashable {
    /// Campaigns.
    public var campaigns: [Campaign]
    /// Coupons.
    public var coupons: [Coupon]
    /// Loyalty programmes.
    public var loyaltyProgrammes: [LoyaltyProgramme]
    /// Pools of giveaway codes.
    public var giveawayPools: [GiveawayPool]
    /// Achievements.
    public var achievements: [Achievement]

    /// Makes a seed.
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

    /// A campaign; referrals and coupons belong to one.
    public struct Campaign: Sendable, Codable, Hashable {
        /// Its number.
        public var id: Int64
        /// Its name.
        public var name: String
        /// Makes a campaign.
        public init(id: Int64, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// A coupon.
    public struct Coupon: Sendable, Codable, Hashable {
        /// The code.
        public var value: String
        /// Its campaign.
        public var campaignId: Int64
        /// How often it may be redeemed; 0 is without limit.
        public var usageLimit: Int64?
        /// Whether only who has reserved it may redeem it.
        public var isReservationMandatory: Bool?
        /// Whether it is in everybody's inventory.
        public var implicitlyReserved: Bool?
        /// The customer it is meant for.
        public var recipientIntegrationId: String?
        /// Makes a coupon.
        public init(
            value: String,
            campaignId: Int64,
            usageLimit: Int64? = nil,
            isReservationMandatory: Bool? = nil,
            implicitlyReserved: Bool? = nil,
            recipientIntegrationId: String? = nil
        ) {
            self.value = value
            self.campaignId = campaignId
            self.usageLimit = usageLimit
            self.isReservationMandatory = isReservationMandatory
            self.implicitlyReserved = implicitlyReserved
            self.recipientIntegrationId = recipientIntegrationId
        }
    }

    /// A loyalty programme. Everybody who closes a session joins it.
    public struct LoyaltyProgramme: Sendable, Codable, Hashable {
        /// Its number.
        public var id: Int64
        /// Its name.
        public var name: String
        /// Its title for people.
        public var title: String
        /// Points for each unit of currency of a closed session.
        public var pointsPerUnit: Int64
        /// Tiers, from the lowest.
        public var tiers: [Tier]
        /// A tier.
        public struct Tier: Sendable, Codable, Hashable {
            /// Its name.
            public var name: String
            /// The points from which it begins.
            public var minimumPoints: Int64
            /// Makes a tier.
            public init(name: String, minimumPoints: Int64) {
                self.name = name
                self.minimumPoints = minimumPoints
            }
        }
        /// Makes a programme.
        public init(id: Int64, name: String, title: String, pointsPerUnit: Int64, tiers: [Tier]) {
            self.id = id
            self.name = name
            self.title = title
            self.pointsPerUnit = pointsPerUnit
            self.tiers = tiers
        }
    }

    /// A pool of giveaway codes. A customer's first closed session takes one of each pool while there are any.
    public struct GiveawayPool: Sendable, Codable, Hashable {
        /// Its number.
        public var id: Int64
        /// The codes, handed out in order.
        public var codes: [String]
        /// Makes a pool.
        public init(id: Int64, codes: [String]) {
            self.id = id
            self.codes = codes
        }
    }

    /// An achievement: a number of closed sessions.
    public struct Achievement: Sendable, Codable, Hashable {
        /// Its number.
        public var id: Int64
        /// Its name.
        public var name: String
        /// Its title for people.
        public var title: String
        /// What it is about.
        public var description: String
        /// Its campaign.
        public var campaignId: Int64
        /// How many closed sessions complete it.
        public var target: Int64
        /// Makes an achievement.
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
    private enum CodingKeys: String, CodingKey {
        case campaigns, coupons, loyaltyProgrammes, giveawayPools, achievements
    }

    /// Reads a seed; a list that is not there is empty.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        campaigns = try container.decodeIfPresent([Campaign].self, forKey: .campaigns) ?? []
        coupons = try container.decodeIfPresent([Coupon].self, forKey: .coupons) ?? []
        loyaltyProgrammes = try container.decodeIfPresent([LoyaltyProgramme].self, forKey: .loyaltyProgrammes) ?? []
        giveawayPools = try container.decodeIfPresent([GiveawayPool].self, forKey: .giveawayPools) ?? []
        achievements = try container.decodeIfPresent([Achievement].self, forKey: .achievements) ?? []
    }
}
