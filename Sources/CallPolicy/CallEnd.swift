/// How a call ended, as far as it says something about all other calls.
public enum CallEnd: Sendable, Hashable {
    /// The API answered, whichever: it is there.
    case answered
    /// It answered 429: fewer calls, please; and when to call again, where it says so.
    case throttled(retryAfter: Duration?)
    /// It answered 503: it is overloaded or down; and when to call again.
    case unavailable(retryAfter: Duration?)
    /// It answered another 5xx, or not at all.
    case unanswered
    /// The call was cancelled, which says nothing.
    case cancelled

    /// What a failed call says.
    public init(_ failure: CallFailure) {
        self =
            switch failure {
            case .status(429, let retryAfter): .throttled(retryAfter: retryAfter)
            case .status(503, let retryAfter): .unavailable(retryAfter: retryAfter)
            case .cancelled, .impossible: .cancelled
            default: failure.kind == .outage ? .unanswered : .answered
            }
    }
}
