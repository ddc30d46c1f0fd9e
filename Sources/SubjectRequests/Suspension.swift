/// An interval in which the controller waits for the customer: for proof of identity, or for a clarification.
public struct Suspension: Sendable, Hashable, Codable {
    /// What was asked for.
    public enum Cause: String, Sendable, Hashable, CaseIterable, Codable {
        /// Information that confirms the customer's identity (Art. 12(6) GDPR).
        case identity
        /// Which data the request is about, where a large quantity of data is processed (Recital 63 GDPR).
        case clarification
    }

    /// What was asked for.
    public let cause: Cause
    /// The date on which the customer was asked, and the date of the answer; `nil` until there is one.
    public let askedOn: CivilDate, answeredOn: CivilDate?

    /// An interval, open or ended.
    public init(cause: Cause, askedOn: CivilDate, answeredOn: CivilDate? = nil) {
        self.cause = cause
        self.askedOn = askedOn
        self.answeredOn = answeredOn
    }
}

/// How suspensions move the last lawful date. The law does not say, so the controller decides. The explanation of each
/// deadline states the effect.
public struct SuspensionPolicy: Sendable, Hashable {
    /// The ways in which a suspension moves the period.
    public enum Effect: String, Sendable, Hashable, CaseIterable, Codable {
        /// The period pauses: the days of the suspension are added to its end.
        case pause
        /// The period starts again on the date of the answer.
        case restart
        /// Suspensions are recorded and move nothing.
        case none
    }

    /// What a suspension does to the period.
    public var effect: Effect
    /// The number of days after receipt within which the customer must be asked for the suspension to count. Only a
    /// question without undue delay suspends the period.
    public var promptDays: Int

    /// A policy; by default questions within a week of receipt pause the period.
    public init(effect: Effect = .pause, promptDays: Int = 7) {
        self.effect = effect
        self.promptDays = promptDays
    }
}
