import Foundation

/// All data in the sandbox, as a value. An operation changes it and returns an answer or a refusal.
///
/// Each profile lists what refers to it, so that an inventory or a deletion needs no search through all data.
struct World: Sendable {
    var profiles: [ExactText: Profile] = [:]
    var sessions: [ExactText: Session] = [:]
    var coupons: [ExactText: Coupon] = [:]
    var implicitCoupons: [String] = []
    var referrals: [ExactText: Referral] = [:]
    var campaigns: [Int64: SandboxSeed.Campaign] = [:]
    var loyaltyProgrammes: [SandboxSeed.LoyaltyProgramme] = []
    var giveawayPools: [SandboxSeed.GiveawayPool] = []
    var achievements: [SandboxSeed.Achievement] = []
    /// The referral codes for each friend, who may not have a profile yet.
    var invitations: [ExactText: [String]] = [:]
    /// The coupons reserved for each customer who had no profile then.
    var guestReservations: [ExactText: [String]] = [:]
    private var lastNumber: Int64 = 0

    struct Profile: Sendable, Equatable {
        let id: Int64
        let integrationId: String
        let created: String
        var lastActivity: String
        var attributes: [String: JSON] = [:]
        var closedSessions: Int64 = 0
        var totalSales: Decimal = 0
        var joinedLoyalty: String?
        var points: [Int64: Decimal] = [:]
        var giveaways: [Giveaway] = []

        var sessions: Set<ExactText> = []
        var advocateOf: [String] = []
        var friendOf: [String] = []
        var reservations: [String] = []
        var received: [String] = []
        var redemptions: [ExactText: Int64] = [:]
    }

    struct Session: Sendable, Equatable {
        let id: String
        /// The internal number, 0 in the empty session of version 1.
        var number: Int64 = 0
        let created: String
        var updated: String
        var updateCount: Int64 = 0
        var profileId: String
        var state = "open"
        var coupons: [String] = []
        var referral = ""
        var cartItems: [JSON] = []
        var identifiers: [JSON] = []
        var additionalCosts: [String: JSON] = [:]
        var total: Decimal = 0
        var attributes: [String: JSON] = [:]
        let isFirst: Bool

        /// A new session: open, and without content.
        static func opened(id: String, profileId: String, isFirst: Bool, at now: String) -> Session {
            Session(id: id, created: now, updated: now, profileId: profileId, isFirst: isFirst)
        }
    }

    struct Coupon: Sendable, Equatable {
        let id: Int64
        let created: String
        let seed: SandboxSeed.Coupon
        var recipient: String?
        var usageCounter: Int64 = 0
        var reservedBy: [String] = []
    }

    struct Referral: Sendable, Equatable {
        let id: Int64
        let code: String
        let created: String
        let campaignId: Int64
        var advocate: String
        var friend: String?
        var startDate: JSON?
        var expiryDate: JSON?
        var usageLimit: Int64
        var usageCounter: Int64 = 0
        var referred: [String] = []
        var attributes: [String: JSON]
    }

    struct Giveaway: Sendable, Equatable {
        let id: Int64
        let poolId: Int64
        let code: String
        let created: String
    }

    mutating func nextNumber() -> Int64 {
        lastNumber += 1
        return lastNumber
    }

    /// Whether a new session would be the first of its profile.
    func isFirstSession(of profileId: String) -> Bool { profiles[profileId]?.sessions.isEmpty ?? true }

    /// Updates the last activity of a profile, which is created empty if it does not exist. Sessions and events do this
    /// with an unknown customer.
    @discardableResult
    mutating func touch(profile integrationId: String, at now: String) -> Profile {
        var profile =
            profiles[integrationId]
            ?? Profile(id: nextNumber(), integrationId: integrationId, created: now, lastActivity: now)
        profile.lastActivity = now
        profiles[integrationId] = profile
        return profile
    }

    /// Adds master data. Existing coupons stay unchanged.
    mutating func add(_ seed: SandboxSeed, at now: String) {
        for campaign in seed.campaigns { campaigns[campaign.id] = campaign }
        for coupon in seed.coupons where coupons[coupon.value] == nil {
            coupons[coupon.value] = Coupon(
                id: nextNumber(),
                created: now,
                seed: coupon,
                recipient: coupon.recipientIntegrationId
            )
            if coupon.implicitlyReserved == true { implicitCoupons.append(coupon.value) }
            for id in coupon.reservedFor ?? [] {
                coupons[coupon.value]?.reservedBy.append(id)
                if profiles[id] == nil {
                    guestReservations[id, default: []].append(coupon.value)
                } else {
                    profiles[id]?.reservations.append(coupon.value)
                }
            }
            if let recipient = coupon.recipientIntegrationId {
                touch(profile: recipient, at: now)
                profiles[recipient]?.received.append(coupon.value)
            }
        }
        loyaltyProgrammes += seed.loyaltyProgrammes
        giveawayPools += seed.giveawayPools
        achievements += seed.achievements
    }
}
