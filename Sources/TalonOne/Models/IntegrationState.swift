public import Foundation

/// The answer to a profile, session or event, read from either dialect.
public struct IntegrationState: Decodable, Sendable, Hashable {
    /// The profile.
    public var profile: CustomerProfile?
    /// The session.
    public var session: CustomerSession?
    /// The event.
    public var event: Event?
    /// Loyalty ledgers.
    public var loyalty: LoyaltyInventory?
    /// The coupon that the session used.
    public var coupon: Coupon?
    /// What the rules decided; version 2 only.
    public var effects: [JSONValue]?

    private enum CodingKeys: String, CodingKey {
        case profile, session, event, loyalty, coupon, effects, customerProfile, customerSession
    }

    /// Reads `profile` and `session` of version 1, or `customerProfile` and `customerSession` of version 2.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        profile =
            try container.decodeIfPresent(CustomerProfile.self, forKey: .profile)
            ?? container.decodeIfPresent(CustomerProfile.self, forKey: .customerProfile)
        session =
            try container.decodeIfPresent(CustomerSession.self, forKey: .session)
            ?? container.decodeIfPresent(CustomerSession.self, forKey: .customerSession)
        event = try container.decodeIfPresent(Event.self, forKey: .event)
        loyalty = try container.decodeIfPresent(LoyaltyInventory.self, forKey: .loyalty)
        coupon = try container.decodeIfPresent(Coupon.self, forKey: .coupon)
        effects = try container.decodeIfPresent([JSONValue].self, forKey: .effects)
    }
}

/// A customer session.
public struct CustomerSession: Decodable, Sendable, Hashable {
    /// The shop's id of the session.
    public var integrationId: String?
    /// When it began.
    public var created: Timestamp?
    /// The Application.
    public var applicationId: Int64?
    /// The customer; empty for an anonymous session.
    public var profileId: String?
    /// The coupon; version 1.
    public var coupon: String?
    /// The coupons; version 2.
    public var couponCodes: [String]?
    /// The referral; version 1.
    public var referral: String?
    /// The referral; version 2.
    public var referralCode: String?
    /// Where the session stands.
    public var state: SessionState?
    /// What is in the cart.
    public var cartItems: [JSONValue]?
    /// Free texts that tell devices apart.
    public var identifiers: [String]?
    /// The sum, in the currency of the Application.
    public var total: Decimal?
    /// Free-form attributes.
    public var attributes: [String: JSONValue]?
    /// Whether it is the customer's first.
    public var firstSession: Bool?
    /// Discounts by name.
    public var discounts: [String: Decimal]?
}

/// An event.
public struct Event: Decodable, Sendable, Hashable {
    /// Its number.
    public var id: Int64?
    /// When it happened.
    public var created: Timestamp?
    /// The Application.
    public var applicationId: Int64?
    /// What it was.
    public var type: String?
    /// Free-form attributes.
    public var attributes: [String: JSONValue]?
    /// What the rules decided: in version 1 each effect is a list, not an object.
    public var effects: [JSONValue]?
    /// Changes in loyalty ledgers.
    public var ledgerEntries: [JSONValue]?
    /// The customer.
    public var profileId: String?
    /// The session.
    public var sessionId: String?
    /// Why coupons and referrals were refused.
    public var meta: JSONValue?
}
