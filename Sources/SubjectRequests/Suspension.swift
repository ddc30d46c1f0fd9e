/// An interval in which the controller waited for the person: to prove who they are, or to say what they mean.
public struct Suspension: Sendable, Hashable, Codable {
    /// What was asked for.
    public enum Cause: String, Sendable, Hashable, CaseIterable, Codable {
        /// Information that confirms who the person is (Art. 12(6) GDPR).
        case identity
        /// What the request is about, where a large quantity of data is processed (Recital 63 GDPR).
        case clarification
    }

    /// What was asked for.
    public let cause: Cause
    /// The day on which the person was asked, and the day on which they answered; `nil` while they have not.
    public let askedOn: CivilDate, answeredOn: CivilDate?

    /// An interval, open or ended.
    public init(cause: Cause, askedOn: CivilDate, answeredOn: CivilDate? = nil) {
        self.cause = cause
        self.askedOn = askedOn
        self.answeredOn = answeredOn
    }
}

/// How suspensions move the latest lawful day. The law itself does not say; the controller decides, and the decision is
/// part of each deadline's explanation.
public struct SuspensionPolicy: Sendable, Hashable {
    /// The arithmetic.
    public enum Effect: String, Sendable, Hashable, CaseIterable, Codable {
        /// The suspended days are added to the end: the period pauses.
        case pause
        /// The period begins again on the day of the answer.
        case restart
        /// Suspensions are written down and move nothing.
        case none
    }

    /// The arithmetic.
    public var effect: Effect
    /// Within how many days of receipt the person must have been asked. Only a question that was put without undue delay
    /// suspends anything.
    public var promptDays: Int

    /// Pausing, for what was asked within a week, unless said otherwise.
    public init(effect: Effect = .pause, promptDays: Int = 7) {
        self.effect = effect
        self.promptDays = promptDays
    }
}
