public import Foundation

/// A coupon, alone or in an inventory.
public struct Coupon: Decodable, Sendable, Hashable {
    /// Its number.
    public var id: Int64?
    /// When it was made.
    public var created: Timestamp?
    /// Its campaign.
    public var campaignId: Int64?
    /// The code.
    public var value: String
    /// How often it may be redeemed; 0 is without limit.
    public var usageLimit: Int64?
    /// How often it was redeemed, by anybody.
    public var usageCounter: Int64?
    /// From when it is valid.
    public var startDate: Timestamp?
    /// Until when it is valid.
    public var expiryDate: Timestamp?
    /// Free-form attributes.
    public var attributes: [String: JSONValue]?
    /// The referral whose use produced the coupon.
    public var referralId: Int64?
    /// The customer it is meant for.
    public var recipientIntegrationId: String?
    /// The import it came with.
    public var importId: Int64?
    /// `true`: a reservation is a mere mark. `false`: only who has reserved it may redeem it.
    public var reservation: Bool?
    /// The batch it was made in.
    public var batchId: String?

    // In inventories of newer revisions.

    /// How often this customer redeemed it.
    public var profileRedemptionCount: Int64?
    /// `active`, `used`, `expired`, or what else the API comes to say.
    public var state: String?
    /// The most it may discount in all.
    public var discountLimit: Decimal?
    /// How much it has discounted.
    public var discountCounter: Decimal?
    /// How much it may still discount.
    public var discountRemainder: Decimal?
    /// How many customers may reserve it.
    public var reservationLimit: Int64?
    /// How many have.
    public var reservationCounter: Int64?
    /// Further limits.
    public var limits: [JSONValue]?
    /// Whether only who has reserved it may redeem it.
    public var isReservationMandatory: Bool?
    /// Whether it is visible to everybody, and so says nothing about this customer.
    public var implicitlyReserved: Bool?
}

/// The coupons that a customer has reserved.
public struct ReservedCoupons: Decodable, Sendable, Hashable {
    /// How many there are.
    public var totalResultSize: Int64?
    /// The coupons.
    public var data: [Coupon]
}

/// The body of both reservation calls.
struct CouponReservations: Encodable {
    var integrationIDs: [String]
}
