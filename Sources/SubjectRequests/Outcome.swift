/// The outcome of a request, in one word.
public enum Outcome: String, Sendable, Hashable, CaseIterable {
    /// The inventory was read and exported.
    case exported
    /// Talon.One knows no such customer, and no deletion by dsr explains it. This answers the request.
    case noData = "no_data"
    /// The changes were made and read back.
    case rectified
    /// The changes were sent, and the read-back differs.
    case notApplied = "not_applied"
    /// Erased, and read back: nothing of the customer's is left.
    case erased
    /// The data was deleted, and read back: the customer's record itself is left, which the API does not delete.
    case recordRemains = "record_remains"
    /// There was nothing to erase, and an earlier deletion by dsr explains it.
    case alreadyAbsent = "already_absent"
    /// The deletion was carried out, and the read-back still holds data that it promises to clear.
    case residualData = "residual_data"
    /// The request repeats an erasure, and the customer registered anew after it. Nothing was deleted.
    case registeredAnew = "registered_anew"
    /// A call that changes data was sent and not answered. The next step is to read.
    case outcomeUnknown = "outcome_unknown"
    /// The API refused the call, and would refuse it again.
    case refusedByAPI = "refused_by_api"

    /// Whether the outcome answers the request. All others need action, or another attempt.
    public var completes: Bool {
        switch self {
        case .exported, .noData, .rectified, .erased, .recordRemains, .alreadyAbsent: true
        case .notApplied, .residualData, .registeredAnew, .outcomeUnknown, .refusedByAPI: false
        }
    }
}
