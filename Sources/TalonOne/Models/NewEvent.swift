/// An event of a customer to record.
public struct NewEvent: Encodable, Sendable, Hashable {
    /// The type of the event. Names that Talon.One uses itself are not allowed.
    public var type: String
    /// Free-form attributes.
    public var attributes: [String: JSONValue]
    /// The id of the session; required by version 1.
    public var sessionId: String?
    /// The customer, the same as the session's; required by version 2.
    public var profileId: String?

    /// Creates the request.
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

    /// The event in the form of version 2, which has no member for a session.
    var inVersion2: NewEvent {
        var event = self
        event.sessionId = nil
        return event
    }
}
