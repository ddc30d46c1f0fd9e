/// A section of a customer's inventory, in the order in which the API added them.
///
/// The first revision of the API has ``profile`` and ``referrals``. An answer lacks the sections that the deployment
/// does not have.
public enum InventorySection: String, CaseIterable, Sendable, Comparable {
    /// The customer profile with its attributes.
    case profile
    /// The referral codes whose advocate is the customer.
    case referrals
    /// The coupons created for, reserved by or redeemed by the customer, and those reserved for every customer.
    case coupons
    /// The loyalty programmes and cards.
    case loyalty
    /// The giveaway codes given to the customer.
    case giveaways
    /// The progress in achievements.
    case achievements

    /// Compares by the order of the declaration.
    public static func < (left: InventorySection, right: InventorySection) -> Bool {
        allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
    }
}
