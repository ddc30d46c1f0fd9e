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

    /// Whether requests were tried and none of them was closed. A run that was stopped did not have the time, and does not
    /// count.
    public var triedInVain: Bool {
        let counts = report.counts
        return end != .stopped && !report.retries.isEmpty && counts.completedInAll + counts.refused + counts.failed == 0
    }

    /// Whether an operator must act: something that this run or an earlier one found is not settled, a document was not
    /// delivered, the log was not signed, or the sums do not agree. Routine waits for an operator do not count.
    public var needsAction: Bool {
        let counts = report.counts
        return counts.failed > 0 || counts.refused > 0 || deliveryFailure != nil || signingFailure != nil
            || !report.balances || !report.attention.isEmpty || !report.needsAction.isEmpty
    }
}
