/// What Talon.One holds about one customer. Only the sections that were asked for, and that the deployment knows.
public struct CustomerInventory: Decodable, Sendable, Hashable {
    /// The profile.
    public var profile: CustomerProfile?
    /// Referrals of which the customer is the advocate.
    public var referrals: [Referral]?
    /// Coupons of the customer, and those that are implicitly everybody's.
    public var coupons: [Coupon]?
    /// Loyalty programmes and cards.
    public var loyalty: LoyaltyInventory?
    /// Giveaways.
    public var giveaways: [Giveaway]?
    /// Achievements.
    public var achievements: [AchievementProgress]?
}
