/// Decides when a failed call is retried: at once, in a later run, or not at all.
///
/// Waits are a ``Backoff``.
public struct RetryPolicy: Sendable {
    /// Tries of one call within one claim.
    public var quickTries = 3
    /// Waits between these tries.
    public var quick = Backoff(base: .milliseconds(200), cap: .seconds(10))
    /// Waits of a request that goes back to the queue. Their base is also the shortest wait that the API can ask for.
    public var queue = Backoff(base: .seconds(60), cap: .seconds(3_600))
    /// Counted failures after which a request needs action.
    public var failureBudget = 5

    /// The defaults: three quick tries, waits in the queue from a minute to an hour, five counted failures.
    public init() {}

    /// The wait before a call is retried within this claim; `nil` if it is not.
    ///
    /// - Parameters:
    ///   - tries: Tries made so far, at least 1.
    ///   - jitter: A random number from 0 to 1.
    public func quickRetry(after failure: APIFailure, tries: Int, jitter: Double) -> Duration? {
        guard failure.kind == .outage || failure.kind == .trouble, tries < quickTries else { return nil }
        let wait = quick.wait(step: tries, jitter: jitter)
        guard case .status(_, let asked?) = failure else { return wait }
        return asked <= quick.cap ? max(asked, wait) : nil
    }

    /// What happens to a request whose call is not retried within this claim.
    public enum Remedy: Sendable, Hashable {
        /// The request goes back to the queue for at least this long; the claim may count as one of its failures.
        case later(Duration, countsAsFailure: Bool)
        /// The request needs action by an operator.
        case needsAction
        /// The request goes back to the queue as it was, and the run stops: the credentials are refused.
        case stopRun
        /// The request goes back to the queue as it was.
        case giveBack
    }

    /// The remedy for a failed call.
    ///
    /// - Parameters:
    ///   - failures: Counted failures of the request before this one.
    ///   - claims: Claims of the request, this one included. An outage counts against nothing, and still waits longer with
    ///     each claim: a run must not claim the same requests again and again.
    ///   - jitter: A random number from 0 to 1.
    public func remedy(for failure: APIFailure, failures: Int, claims: Int = 1, jitter: Double) -> Remedy {
        switch failure.kind {
        case .credentials:
            .stopRun
        case .stopped:
            .giveBack
        case .outage:
            // An outage never counts: only an answer may make a request fail.
            .later(
                requestedWait(failure) ?? queue.wait(step: max(failures + 1, claims), jitter: jitter),
                countsAsFailure: false
            )
        case .trouble:
            failures + 1 >= failureBudget
                ? .needsAction
                : .later(queue.wait(step: failures + 1, jitter: jitter), countsAsFailure: true)
        case .absent, .rejection:
            .needsAction
        }
    }

    /// The wait that the API asked for, within bounds. A wait of zero, or one that is over, asks for nothing that could be
    /// kept to.
    private func requestedWait(_ failure: APIFailure) -> Duration? {
        guard case .status(_, let asked?) = failure else { return nil }
        return min(max(asked, queue.base), queue.cap)
    }
}
