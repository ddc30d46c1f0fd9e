/// Something that a customer did.
public struct NewEvent: Encodable, Sendable, Hashable {
    /// What it was; a name that Talon.One does not use itself.
    public var type: String
    /// Free-form attributes.
    public var attributes: [String: JSONValue]
    /// The session; needed by version 1.
    public var sessionId: String?
    /// The customer, who must be the session's; needed by version 2.
    public var profileId: String?

    /// Makes the request.
    public init(
        type: String,
        attributes: [String: JSONValue] = [:],
        sessionId: String? = nil,
        profileId: String? = nil
    ) {
        self.type = type
        self.attributes = attributes
        self.sessionId = sessionId
        self.profileId = profileId
    }

    var values: [String] {
        [sessionId ?? "", profileId ?? ""] + JSONValue.object(attributes).strings
    }
}
