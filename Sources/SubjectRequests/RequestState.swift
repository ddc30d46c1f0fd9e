/// The state of a request in the queue.
public enum RequestState: String, Sendable, Hashable, CaseIterable {
    /// In the queue: new, ready, or postponed.
    case pending
    /// Held back by a closed gate; see ``Gate``.
    case waiting
    /// Claimed by a run.
    case running
    /// Answered, with an outcome.
    case completed
    /// The row can never be processed, or the controller does not act on the request (Art. 12(4) GDPR).
    case refused
    /// Withdrawn by the customer.
    case cancelled
    /// Needs action by an operator.
    case failed

    /// Whether no run will change the state: the request is completed, refused, cancelled or failed. An operator may
    /// retry a failed request, and reopen a refused one.
    public var isClosed: Bool {
        switch self {
        case .completed, .refused, .cancelled, .failed: true
        case .pending, .waiting, .running: false
        }
    }

    /// The states that can follow. The database enforces this for every change.
    public var successors: Set<RequestState> {
        switch self {
        case .pending: [.waiting, .running, .completed, .refused, .cancelled]
        case .waiting: [.pending, .completed, .refused, .cancelled]
        case .running: [.pending, .waiting, .completed, .refused, .failed]
        case .failed: [.pending, .refused, .cancelled]
        case .refused: [.pending]
        case .completed, .cancelled: []
        }
    }
}
