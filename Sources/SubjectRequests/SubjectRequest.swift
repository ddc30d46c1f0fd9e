public import Foundation

/// A claimed request: one right exercised by one customer, ready to be fulfilled.
public struct SubjectRequest: Sendable {
    /// The claim under which it is fulfilled.
    public let claim: Claim
    /// The right that is exercised.
    public let right: Right
    /// The customer.
    public let subject: SubjectID
    /// The ticket, where one was given.
    public let ticket: String?
    /// For a rectification: the new values.
    public let changes: RequestedChanges?
    /// When it reached the controller.
    public let receivedAt: Date
    /// The time zone in which its days are counted, fixed at its admission.
    public let timeZone: TimeZone
    /// The date by which it must be answered.
    public let answerBy: CivilDate

    /// The request's number.
    public var id: Int64 { claim.request }

    /// A claimed row.
    public init(
        claim: Claim,
        right: Right,
        subject: SubjectID,
        ticket: String? = nil,
        changes: RequestedChanges? = nil,
        receivedAt: Date,
        timeZone: TimeZone = .gmt,
        answerBy: CivilDate
    ) {
        self.claim = claim
        self.right = right
        self.subject = subject
        self.ticket = ticket
        self.changes = changes
        self.receivedAt = receivedAt
        self.timeZone = timeZone
        self.answerBy = answerBy
    }
}
