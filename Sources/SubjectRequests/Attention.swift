/// Counts of what an operator must settle, across all requests and runs.
public struct Attention: Sendable, Hashable {
    /// Unanswered requests past their answer-by date, and those that are past the last lawful date too.
    public var overdue = 0, pastLastLawfulDate = 0
    /// Refused requests whose customer was not told yet (Art. 12(4) GDPR), and those whose month has passed.
    public var refusalsNotSent = 0, refusalsLate = 0
    /// Legal holds whose review date has come.
    public var holdsToReview = 0
    /// Erased customers who reappeared, and rechecks that did not happen before the identifier had to be deleted.
    public var incidents = 0, missedRechecks = 0

    /// Nothing to settle.
    public init() {}

    /// Whether there is nothing to settle.
    public var isEmpty: Bool { self == Attention() }

    /// The counts that are not zero, each with its code, most urgent first.
    public var counts: [(code: String, count: Int)] {
        [
            ("overdue", overdue), ("past_last_lawful_date", pastLastLawfulDate),
            ("refusals_not_sent", refusalsNotSent), ("refusals_late", refusalsLate),
            ("holds_to_review", holdsToReview), ("incidents", incidents), ("missed_rechecks", missedRechecks),
        ].filter { $0.count > 0 }
    }
}
