/// Where a request stands.
public enum RequestState: String, Sendable, Hashable, CaseIterable {
    /// In the queue: new, ready, or to be tried again later.
    case pending
    /// Held back by a gate; see ``Gate``.
    case waiting
    /// Claimed by a run.
    case running
    /// Answered, with an outcome.
    case completed
    /// It can never be worked, or the controller does not act on it (Art. 12(4) GDPR).
    case refused
    /// Withdrawn.
    case cancelled
    /// Needs a person.
    case failed

    /// What it may become. The database holds every change to it, whoever makes it.
    public var successors: Set<RequestState> {
        switch self {
        case .pending: [.waiting, .running, .refused, .cancelled]
        case .waiting: [.pending, .refused, .cancelled]
        case .running: [.pending, .completed, .refused, .failed]
        case .failed: [.pending, .refused, .cancelled]
        case .completed, .refused, .cancelled: []
        }
    }
}
