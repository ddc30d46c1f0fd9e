/// Why an operator made a decision. A reason or a ticket is required; the database checks that.
public struct Justification: Sendable, Hashable {
    /// One sentence for operators. It is not in the evidence log, and is deleted when the customer is erased.
    public var reason: String?
    /// A reference. It stays in the evidence log for good.
    public var ticket: String?

    /// A reason, a ticket, or both.
    public init(reason: String? = nil, ticket: String? = nil) {
        self.reason = reason
        self.ticket = ticket
    }
}
