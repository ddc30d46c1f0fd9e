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
    public var signingFailure: String? {
        switch signing {
        case .unconfigured, .signed: nil
        case .notFiled(_, let reason): "the evidence log was signed, and its checkpoint was not filed: \(reason)"
        case .failed(let reason):
            "the evidence log was not signed; its new entries wait for the next checkpoint: \(reason)"
        }
    }

    /// Whether requests were tried and none of them came to an end: the night answered no one. A run that was stopped
    /// did not have the time to.
    public var triedInVain: Bool {
        let counts = report.counts
        return end != .stopped && !report.retries.isEmpty && counts.completedInAll + counts.refused + counts.failed == 0
    }

    /// Whether an operator must act: a request failed, was refused, waits for an operator or is late, a document was not
    /// delivered, the log was not signed, or the sums do not agree.
    public var needsAction: Bool {
        let counts = report.counts
        return counts.failed > 0 || counts.refused > 0 || deliveryFailure != nil || signingFailure != nil
            || !report.balances || !report.attention.isEmpty
            || counts.waiting.contains { $0.key.needsAction && $0.value > 0 }
    }
}
