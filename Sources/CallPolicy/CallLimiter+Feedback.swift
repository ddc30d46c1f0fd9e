extension CallLimiter {
    /// What the end of one call says about all other calls.
    public enum Feedback: Sendable, Hashable {
        /// The API answered, with success or with an error of this call only.
        case answered
        /// The API answered 429 and asks for fewer calls; with its `Retry-After`, where it sent one.
        case throttled(retryAfter: Duration?)
        /// The API answered 503 and is overloaded or down; with its `Retry-After`, where it sent one.
        case unavailable(retryAfter: Duration?)
        /// The API answered another 5xx, or did not answer.
        case unanswered
        /// The call was cancelled, which says nothing about the API.
        case cancelled

        /// The feedback of a failed call.
        public init(_ failure: APIFailure) {
            self =
                switch failure {
                case .status(429, let retryAfter): .throttled(retryAfter: retryAfter)
                case .status(503, let retryAfter): .unavailable(retryAfter: retryAfter)
                case .cancelled, .impossible: .cancelled
                default: failure.kind == .outage ? .unanswered : .answered
                }
        }
    }
}
