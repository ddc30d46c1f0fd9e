/// A referral code to create.
public struct NewReferral: Encodable, Sendable, Hashable {
    /// The id of the campaign, which must exist and allow referrals.
    public var campaignId: Int64
    /// The customer who refers.
    public var advocateProfileIntegrationId: String
    /// The only customer who may use the code; `nil` allows every customer.
    public var friendProfileIntegrationId: String?
    /// The time from which the code is valid, in RFC 3339.
    public var startDate: String?
    /// The time until which the code is valid, in RFC 3339.
    public var expiryDate: String?
    /// The maximum number of uses, up to 999,999. Older deployments do not know it.
    public var usageLimit: Int64?
    /// Free-form attributes. Older deployments do not know them.
    public var attributes: [String: JSONValue]?

    /// Creates the request.
    public init(
        campaignId: Int64,
        advocateProfileIntegrationId: String,
        friendProfileIntegrationId: String? = nil,
        startDate: String? = nil,
        expiryDate: String? = nil,
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
