/// A giveaway code handed to a customer.
public struct Giveaway: Decodable, Sendable, Hashable {
    /// Its number.
    public var id: Int64?
    /// When it was made.
    public var created: Timestamp?
    /// The code.
    public var code: String?
    /// The pool it is from.
    public var poolId: Int64?
    /// From when it is valid.
    public var startDate: Timestamp?
    /// Until when it is valid.
    public var endDate: Timestamp?
    /// Free-form attributes.
    public var attributes: [String: JSONValue]?
    /// Whether it was handed out.
    public var used: Bool?
    /// The import it came with.
    public var importId: Int64?
    /// The customer.
    public var profileIntegrationId: String?
    /// Talon.One's own number of the customer.
    public var profileId: Int64?
}
