/// Where a request stands.
public enum RequestState: String, Sendable, Hashable, CaseIterable {
    /// In the queue: new, ready, or to be tried again later.
    case pending
    /// Held back by a gate; see ``WaitingReason``.
    case waiting
    /// Claimed by a run.
    case running
    /// Answered, with an outcome.
    case completed
    /// Malformed: it can never be worked.
    case refused
    /// Needs a person.
    case failed

    /// Whether nothing more will happen to the request by itself.
    public var isFinal: Bool {
        switch self {
        case .pending, .waiting, .running: false
        case .completed, .refused, .failed: true
        }
    }
}

/// What a waiting request waits for.
public enum WaitingReason: String, Sendable, Hashable, CaseIterable {
    /// An older request of the same person, or one that must come first, is still open. One person's requests
    /// are answered one after another, and what they want to see before what they want gone.
    case olderRequest = "older_request"
}
