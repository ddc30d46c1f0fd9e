/// The state of a customer session, as the API spells it.
public struct SessionState: RawRepresentable, Codable, Sendable, Hashable {
    /// The API's word for the state.
    public let rawValue: String
    /// Creates a state from any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The session may still change.
    public static let open = SessionState(rawValue: "open")
    /// The session is complete; its sale counts.
    public static let closed = SessionState(rawValue: "closed")
    /// Some of the items were returned; version 2 only.
    public static let partiallyReturned = SessionState(rawValue: "partially_returned")
    /// The session was abandoned, or its sale was reversed.
    public static let cancelled = SessionState(rawValue: "cancelled")
}
