/// A referral code, alone or in an inventory.
public struct Referral: Decodable, Sendable, Hashable {
    /// Its number.
    public var id: Int64?
    /// When it was made.
    public var created: Timestamp?
    /// Its campaign.
    public var campaignId: Int64?
    /// The customer who invites.
    public var advocateProfileIntegrationId: String?
    /// The only customer who may use it, if it is not for everybody.
    public var friendProfileIntegrationId: String?
    /// From when it is valid.
    public var startDate: Timestamp?
    /// Until when it is valid.
    public var expiryDate: Timestamp?
    /// The code.
    public var code: String
    /// How often it was used.
    public var usageCounter: Int64?
    /// How often it may be used; 0 is without limit.
    public var usageLimit: Int64?
    /// Free-form attributes; newer revisions only.
    public var attributes: [String: JSONValue]?
    /// The import it came with; newer revisions only.
    public var importId: Int64?
    /// The batch it was made in; newer revisions only.
    public var batchId: String?
    /// Who used it, in inventories of newer revisions: **the ids of other people**.
    public var referredCustomers: [String]?
}

/// A referral code to make.
public struct NewReferral: Encodable, Sendable, Hashable {
    /// The campaign, which must exist and allow referrals.
    public var campaignId: Int64
    /// The customer who invites.
    public var advocateProfileIntegrationId: String
    /// The only customer who may use it; `nil` for everybody.
    public var friendProfileIntegrationId: String?
    /// From when it is valid.
    public var startDate: Timestamp?
    /// Until when it is valid.
    public var expiryDate: Timestamp?
    /// How often it may be used, at most 999,999; newer revisions only.
    public var usageLimit: Int64?
    /// Free-form attributes; newer revisions only.
    public var attributes: [String: JSONValue]?

    /// Makes the request.
    public init(
        campaignId: Int64,
        advocateProfileIntegrationId: String,
        friendProfileIntegrationId: String? = nil,
        startDate: Timestamp? = nil,
        expiryDate: Timestamp? = nil,
        usageLimit: Int64? = nil,
        attributes: [String: JSONValue]? = nil
    ) {
        self.campaignId = campaignId
        self.advocateProfileIntegrationId = advocateProfileIntegrationId
        self.friendProfileIntegrationId = friendProfileIntegrationId
        self.startDate = startDate
        self.expiryDate = expiryDate
        self.usageLimit = usageLimit
        self.attributes = attributes
    }
}
