public import Foundation

/// A request as it is put into the queue.
public struct Submission: Sendable {
    /// The right that is exercised, and the customer.
    public var right: Right, subject: SubjectID
    /// When it reached the controller; `nil` for now, by the database's clock.
    public var receivedAt: Date?
    /// The ticket, the requester's name, and the channel through which it came.
    public var ticket: String?, requestedBy: String?, channel: String?
    /// The operating-system user who submits it, whatever name the requester is given.
    public var submittedBy: String?
    /// For a rectification: the new values.
    public var changes: RequestedChanges?
    /// Whether the requester's identity must be verified, whatever the channel.
    public var needsIdentity = false

    /// A request for one right of one customer.
    public init(
        right: Right,
        subject: SubjectID,
        receivedAt: Date? = nil,
        ticket: String? = nil,
        requestedBy: String? = nil,
        channel: String? = nil,
        changes: RequestedChanges? = nil
    ) {
        self.right = right
        self.subject = subject
        self.receivedAt = receivedAt
        self.ticket = ticket
        self.requestedBy = requestedBy
        self.channel = channel
        self.changes = changes
    }
}
