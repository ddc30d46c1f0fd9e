public import Foundation

/// A customer profile. Everything is optional, because what a deletion leaves of one is documented nowhere.
public struct CustomerProfile: Decodable, Sendable, Hashable {
    /// Talon.One's own number of the profile; newer revisions only.
    public var id: Int64?
    /// The shop's id of the customer.
    public var integrationId: String?
    /// When the profile was made.
    public var created: Timestamp?
    /// Free-form attributes.
    public var attributes: [String: JSONValue]?
    /// The account of the deployment.
    public var accountId: Int64?
    /// How many sessions were closed.
    public var closedSessions: Int64?
    /// The sum of the closed sessions, in the currency of the Application.
    public var totalSales: Decimal?
    /// When the customer was last seen.
    public var lastActivity: Timestamp?
    /// Loyalty programmes; newer revisions always say `null`.
    public var loyaltyMemberships: [LoyaltyMembership]?
    /// Audiences; newer revisions only.
    public var audienceMemberships: [AudienceMembership]?
    /// Whether the profile belongs to the sandbox environment; newer revisions only.
    public var sandbox: Bool?
}

/// Membership of a loyalty programme.
public struct LoyaltyMembership: Decodable, Sendable, Hashable {
    /// When the customer joined.
    public var joined: Timestamp?
    /// The programme.
    public var loyaltyProgramId: Int64?
}

/// Membership of an audience.
public struct AudienceMembership: Decodable, Sendable, Hashable {
    /// The audience.
    public var id: Int64?
    /// Its name.
    public var name: String?
}

/// The customers who have reserved a coupon.
public struct ReservedCustomers: Decodable, Sendable, Hashable {
    /// How many there are.
    public var totalResultSize: Int64?
    /// Their profiles.
    public var data: [CustomerProfile]
}

/// Attributes to merge into a profile.
public struct NewCustomerProfile: Encodable, Sendable, Hashable {
    /// The attributes; ``JSONValue/null`` clears one, leaving one out keeps it.
    public var attributes: [String: JSONValue]

    /// Makes the update.
    public init(attributes: [String: JSONValue]) { self.attributes = attributes }
}
