/// Attributes to merge into a customer profile.
public struct NewCustomerProfile: Encodable, Sendable, Hashable {
    /// The attributes by name. ``JSONValue/null`` clears an attribute; an attribute that is not listed stays.
    public var attributes: [String: JSONValue]

    /// Creates the update.
    public init(attributes: [String: JSONValue]) { self.attributes = attributes }
}
