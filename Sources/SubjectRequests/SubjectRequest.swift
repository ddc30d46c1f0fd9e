public import Foundation

/// A claimed request: one person, one right, ready to be fulfilled.
public struct SubjectRequest: Sendable {
    /// The row's number.
    public let id: Int64
    /// What is asked for.
    public let right: Right
    /// Whom it is about.
    public let subject: SubjectID
    /// The number of this claim. A result counts only under it.
    public let claimNumber: Int
    /// Real failures so far.
    public let failures: Int
    /// An erasure call of an earlier claim may have been carried out without an answer.
    public let mayHaveActed: Bool
    /// The ticket, where one was given.
    public let ticket: String?
    /// What is to be put right, for a rectification.
    public let changes: RequestedChanges?
    /// When it reached the controller.
    public let receivedAt: Date
    /// The day by which it must be answered.
    public let answerBy: CivilDate

    /// A claimed row.
    public init(
        id: Int64,
        right: Right,
        subject: SubjectID,
        claimNumber: Int,
        failures: Int = 0,
        mayHaveActed: Bool = false,
        ticket: String? = nil,
        changes: RequestedChanges? = nil,
        receivedAt: Date,
        answerBy: CivilDate
    ) {
        self.id = id
        self.right = right
        self.subject = subject
        self.claimNumber = claimNumber
        self.failures = failures
        self.mayHaveActed = mayHaveActed
        self.ticket = ticket
        self.changes = changes
        self.receivedAt = receivedAt
        self.answerBy = answerBy
    }
}
