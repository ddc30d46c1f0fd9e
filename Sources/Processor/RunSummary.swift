public import Reports
import SubjectRequests

/// What a run did, for whoever started it.
public struct RunSummary: Sendable {
    /// The report, as it is stored.
    public let report: RunReport
    /// Why the run ended.
    public let end: RunEnd
    /// Why documents could not be delivered, where they could not.
    public let deliveryFailure: String?

    /// What became of the evidence's signature.
    public let signing: Signing
    /// Why the evidence could not be signed, where it could not; leaves wait for the next head.
    public var signingFailure: String? {
        guard case .failed(let sentence) = signing else { return nil }
        return sentence
    }

    /// Whether a person must look: something failed or was refused, waits for a person, is late, was not delivered, or
    /// the sums do not agree.
    public var needsAPerson: Bool {
        let counts = report.counts
        return counts.failed > 0 || counts.refused > 0 || deliveryFailure != nil || signingFailure != nil
            || !report.balances || !report.attention.isEmpty
            || counts.waiting.contains { Gate(rawValue: $0.key)?.needsAPerson ?? true && $0.value > 0 }
    }
}
