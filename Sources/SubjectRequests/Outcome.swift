/// What was found out about a request, in one word.
public enum Outcome: String, Sendable, Hashable, CaseIterable {
    /// The inventory was read and is in the export.
    case exported
    /// Talon.One knows no such customer, and nothing of ours explains it. Still an answer to the person.
    case noData = "no_data"
    /// The changes were made and read back.
    case rectified
    /// The changes were sent, and the read-back differs.
    case notApplied = "not_applied"
    /// Erased, and read back: nothing of theirs is left.
    case erased
    /// There was nothing, and an earlier attempt of ours explains it.
    case alreadyAbsent = "already_absent"
    /// Erased, and the read-back still holds something of theirs.
    case residualData = "residual_data"
    /// A call that changes data was sent and no answer came. The next step is to read.
    case outcomeUnknown = "outcome_unknown"
    /// The API refused the call, and will again.
    case refusedByAPI = "refused_by_api"

    /// Whether the outcome answers the request. All others need action, or another attempt.
    public var completes: Bool {
        switch self {
        case .exported, .noData, .rectified, .erased, .alreadyAbsent: true
        case .notApplied, .residualData, .outcomeUnknown, .refusedByAPI: false
        }
    }
}
