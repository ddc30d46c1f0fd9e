public import Reports
import SubjectRequests

/// What a run did, for its caller.
public struct RunSummary: Sendable {
    /// The report, as it is stored.
    public let report: RunReport
    /// Why the run ended.
    public let end: RunEnd
    /// Why documents could not be delivered; `nil` where all were.
    public let deliveryFailure: String?
    /// What became of the checkpoint.
    public let signing: Signing

    /// Why the evidence log could not be signed, or its checkpoint not be filed, as a sentence; `nil` where it was, or no
    /// key is configured.
    public var signingFailure: String? { signing.failure }

    /// What kept a large part of the run's requests from being answered; `nil` where nothing did: each of them may be tried
    /// again, but together they say that something is wrong. A run that was stopped did not have the time, and does not
    /// count.
    public var obstacle: Obstacle? {
        guard end != .stopped, let first = report.retries.first else { return nil }
        let counts = report.counts
        let closed = counts.completedInAll + counts.refused + counts.failed
        let retried = report.retries.reduce(0) { $0 + $1.count }
        if closed == 0 { return .nothingAnswered(retried: retried, mostly: first.reason) }
        let isMany = first.count >= Self.fewRetries && first.count * 4 >= closed + retried
        return isMany ? .oneReason(first.reason, retried: first.count, tried: closed + retried) : nil
    }

    /// Fewer requests than this with one reason are no obstacle, however few there were.
    private static let fewRetries = 3

    /// What kept requests from being answered.
    public enum Obstacle: Sendable, Hashable {
        /// Requests were tried and none of them was closed.
        case nothingAnswered(retried: Int, mostly: String)
        /// A quarter of the requests or more failed for one reason.
        case oneReason(String, retried: Int, tried: Int)
    }

    /// Whether an operator must act: something that this run or an earlier one found is not settled, a document was not
    /// delivered, the log was not signed, or the sums do not agree. Routine waits for an operator do not count.
    public var needsAction: Bool {
        let counts = report.counts
        return counts.failed > 0 || counts.refused > 0 || deliveryFailure != nil || signingFailure != nil
            || !report.balances || !report.attention.isEmpty || !report.needsAction.isEmpty
    }
}
