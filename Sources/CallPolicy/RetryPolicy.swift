/// When a call is made again, at once or in a later run.
///
/// Waits are a ``Backoff``'s.
public struct RetryPolicy: Sendable {
    /// Tries of one call within one claim.
    public var quickTries = 3
    /// Waits between them.
    public var quick = Backoff(base: .milliseconds(200), cap: .seconds(10))
    /// Waits of a request that goes back to the queue.
    public var queue = Backoff(base: .seconds(60), cap: .seconds(3_600))
    /// Real failures after which a request needs a person.
    public var failureBudget = 5

    /// The defaults: three quick tries, back to the queue for a minute to an hour, five real failures.
    public init() {}

    /// How long to wait before a call is made again within this claim; `nil` to give up for now.
    ///
    /// - Parameters:
    ///   - tries: Tries made so far, at least 1.
    ///   - draw: A random number from 0 to 1.
    public func quickRetry(after failure: CallFailure, tries: Int, draw: Double) -> Duration? {
        guard failure.kind == .outage || failure.kind == .trouble, tries < quickTries else { return nil }
        let wait = quick.wait(step: tries, draw: draw)
        guard case .status(_, let asked?) = failure else { return wait }
        return asked <= quick.cap ? max(asked, wait) : nil
    }

    /// What becomes of a request whose call failed for good in this claim.
    public enum Remedy: Sendable, Hashable {
        /// Back to the queue, for at least so long, with this many failures on its account.
        case later(Duration, failures: Int)
        /// A person must look.
        case person
        /// Back to the queue as it was, and the run stops: the credentials are refused.
        case stopRun
        /// Back to the queue as it was.
        case giveBack
    }

    /// - Parameters:
    ///   - failures: Real failures of the request before this one.
    ///   - draw: A random number from 0 to 1.
    public func remedy(for failure: CallFailure, failures: Int, draw: Double) -> Remedy {
        switch failure.kind {
        case .credentials:
            .stopRun
        case .stopped:
            .giveBack
        case .outage:
            // An outage spends no budget: only an answer may fail a request.
            .later(
                askedWait(failure) ?? queue.wait(step: failures + 1, draw: draw),
                failures: failures
            )
        case .trouble:
            failures + 1 >= failureBudget
                ? .person
                : .later(queue.wait(step: failures + 1, draw: draw), failures: failures + 1)
        case .absent, .rejection:
            .person
        }
    }

    private func askedWait(_ failure: CallFailure) -> Duration? {
        guard case .status(_, let asked?) = failure else { return nil }
        return min(asked, queue.cap)
    }
}
