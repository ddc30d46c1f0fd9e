/// A part of a customer's inventory, in the order in which the API grew them.
///
/// The first revision has ``profile`` and ``referrals``; what a deployment does not know it leaves out of its answer.
public enum InventorySection: String, CaseIterable, Sendable, Comparable {
    /// The customer profile with its attributes.
    case profile
    /// Referral codes of which the customer is the advocate.
    case referrals
    /// Coupons made for, reserved by or redeemed by the customer, and those reserved for everybody.
    case coupons
    /// Loyalty programmes and cards.
    case loyalty
    /// Giveaway codes handed to the customer.
    case giveaways
    /// Progress in achievements.
    case achievements

    /// The order of the declaration.
    public static func < (left: InventorySection, right: InventorySection) -> Bool {
        allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
    }
}
