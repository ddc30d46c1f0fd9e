public import Store

/// The claims without a result in the log, computed from its entries one by one.
///
/// Memory depends on the number of claims that are open at one time, not on the length of the log.
public struct OpenIntents: Sendable {
    /// A claim of a request.
    public struct Intent: Sendable, Hashable {
        /// The request and the claim's number.
        public let request: Int64, claim: Int
    }

    private var open: [Intent: [String]] = [:]

    /// No open claims.
    public init() {}

    /// Applies the next log entry: a claim opens, a call is added to its claim, a result closes it.
    ///
    /// - Returns: The problem, if the entry closes or extends a claim that is not open.
    public mutating func read(_ leaf: AuditedLeaf) -> String? {
        guard let request = leaf.request, let claim = leaf.claim else { return nil }
        let intent = Intent(request: request, claim: claim)
        switch leaf.event {
        case "claimed":
            guard open.updateValue([], forKey: intent) == nil else {
                return "claim \(claim) of request \(request) is recorded twice"
            }
        case "sending":
            guard open[intent] != nil else {
                return "a call for request \(request) is announced, but claim \(claim) is not open"
            }
            open[intent, default: []].append(leaf.action ?? "call")
        case "recorded", "returned", "lease_lost":
            guard open.removeValue(forKey: intent) != nil else {
                return "claim \(claim) of request \(request) ends, but is not open"
            }
        default:
            break
        }
        return nil
    }

    /// The open claims in the order of requests, with the calls that were announced under each.
    public var remaining: [(intent: Intent, calls: [String])] {
        open.map { ($0.key, $0.value) }.sorted { ($0.0.request, $0.0.claim) < ($1.0.request, $1.0.claim) }
    }
}
