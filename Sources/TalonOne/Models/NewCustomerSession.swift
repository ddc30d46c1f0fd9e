public import Foundation

/// A customer session to create or update, in the form of version 1.
public struct NewCustomerSession: Encodable, Sendable, Hashable {
    /// The customer; empty for an anonymous session.
    public var profileId: String?
    /// A coupon code.
    public var coupon: String?
    /// A referral code.
    public var referral: String?
    /// The new state: open → closed or cancelled, closed → cancelled; in version 2 also closed → partially returned →
    /// cancelled.
    public var state: SessionState
    /// The lines of the cart.
    public var cartItems: [CartItem]?
    /// Identifiers of devices, in any format.
    public var identifiers: [String]?
    /// The total, in the currency of the Application, for version 1. Version 2 computes it from the cart, and is
    /// not sent one.
    public var total: Decimal?
    /// Free-form attributes.
    public var attributes: [String: JSONValue]?

    /// Creates the request.
    public init(
        profileId: String? = nil,
        coupon: String? = nil,
        referral: String? = nil,
        state: SessionState = .open,
        cartItems: [CartItem]? = nil,
        identifiers: [String]? = nil,
        total: Decimal? = nil,
        attributes: [String: JSONValue]? = nil
    ) {
        self.profileId = profileId
        self.coupon = coupon
        self.referral = referral
        self.state = state
        self.cartItems = cartItems
        self.identifiers = identifiers
        self.total = total
        self.attributes = attributes
    }
}

/// One line of a cart.
public struct CartItem: Codable, Sendable, Hashable {
    /// The name of the item.
    public var name: String
    /// The shop's stock keeping unit.
    public var sku: String
    /// The number of pieces, at least one.
    public var quantity: Int64
    /// The price of one piece, in the currency of the Application.
    public var price: Decimal
    /// The category of the item.
    public var category: String?
    /// Free-form attributes.
    public var attributes: [String: JSONValue]?

    /// Creates the line.
    public init(
        name: String,
        sku: String,
        quantity: Int64,
        price: Decimal,
        category: String? = nil,
        attributes: [String: JSONValue]? = nil
    ) {
        self.name = name
        self.sku = sku
        self.quantity = quantity
        self.price = price
        self.category = category
        self.attributes = attributes
    }
}

/// A session in the form of version 2, which has a list of coupons and a wrapper object.
struct NewCustomerSessionV2: Encodable {
    let customerSession: Session
    /// The members to answer with. Without this, an answer of version 2 says nothing of the session.
    let responseContent = ["customerSession", "customerProfile"]

    struct Session: Encodable {
        let profileId: String?
        let couponCodes: [String]?
        let referralCode: String?
        let state: SessionState
        let cartItems: [CartItem]?
        let identifiers: [String]?
        let attributes: [String: JSONValue]?
    }

    init(_ session: NewCustomerSession) {
        customerSession = Session(
            profileId: session.profileId,
            couponCodes: session.coupon.map { [$0] },
            referralCode: session.referral,
            state: session.state,
            cartItems: session.cartItems,
            identifiers: session.identifiers,
            attributes: session.attributes
        )
    }
}
