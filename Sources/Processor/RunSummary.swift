public import Reports

/// What a run did, for whoever started it.
public struct RunSummary: Sendable {
    /// The report, as it is stored.
    public let report: RunReport
    /// Why the run ended.
    public let end: RunEnd
    /// Why documents could not be delivered, where they could not.
    public let deliveryFailure: String?

    /// Why the evidence could not be signed, where it could not; leaves wait for the next head.
    public let signingFailure: String?

    /// Whether a person must look: something failed or was refused, waits for a person, was not delivered, or the
    /// sums do not agree.
    public var needsAPerson: Bool {
        let counts = report.counts
        return counts.failed > 0 || counts.refused > 0 || deliveryFailure != nil || signingFailure != nil
            || !report.balances
            || counts.waiting.values.contains { $0 > 0 }
    }
}
