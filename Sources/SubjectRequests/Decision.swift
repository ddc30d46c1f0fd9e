/// A decision of an operator about one request.
public enum Decision: Sendable, Hashable {
    /// The requester's identity was verified with that method, by that operator.
    case identityChecked(IdentityMethod, by: String)
    /// The erasure is approved by the operator who makes the decision.
    case approved
    /// The period is extended by two months; the customer was told on that date.
    case extended(toldOn: CivilDate)
    /// The controller does not act on the request; the customer was told on that date, or not yet.
    case refused(RefusalGround, toldOn: CivilDate?)
    /// A refusal is taken back before the customer was told.
    case reopened
    /// The customer withdrew the request.
    case cancelled
    /// A failed request goes back to the queue, and a postponed one is ready at once.
    case retried
    /// The customer was asked a question on that date.
    case suspended(Suspension.Cause, askedOn: CivilDate)
    /// The customer answered on that date.
    case resumed(Suspension.Cause, answeredOn: CivilDate)

    /// The decision as one word, as the evidence log names it.
    public var event: String {
        switch self {
        case .identityChecked: "identity_checked"
        case .approved: "approved"
        case .extended: "extended"
        case .refused: "refused"
        case .reopened: "reopened"
        case .cancelled: "cancelled"
        case .retried: "retried"
        case .suspended: "suspended"
        case .resumed: "resumed"
        }
    }

    /// Whether a decision can be made.
    public enum Verdict: Sendable, Hashable {
        /// The decision is carried out.
        case allowed
        /// The decision was made before, and nothing changes. The sentence says so, with the date or operator if known.
        case unchanged(String)
        /// The request's state does not allow the decision. The sentence says what is possible instead.
        case notAllowed(String)
    }
}
