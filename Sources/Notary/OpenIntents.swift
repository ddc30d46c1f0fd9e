/// The claims and calls of which the log does not say how they ended. A value: it is told leaf by leaf.
///
/// Its memory is what is open at one time, however long the log.
public struct OpenIntents: Sendable {
    /// A claim, or a call under one.
    public struct Intent: Sendable, Hashable {
        /// The request and the claim's number.
        public let request: Int64, claim: Int
    }

    private var open: [Intent: [String]] = [:]

    /// Nothing is open.
    public init() {}

    /// What a leaf does to the set: a claim opens, a call is added to its claim, a result ends it.
    ///
    /// - Returns: What does not hold, where the leaf ends or extends a claim that was never made.
    public mutating func read(_ leaf: LeafFields) -> String? {
        guard let request = leaf.request, let claim = leaf.claim else { return nil }
        let intent = Intent(request: request, claim: claim)
        switch leaf.event {
        case "claimed":
            guard open.updateValue([], forKey: intent) == nil else {
                return "claim \(claim) of request \(request) is made twice"
            }
        case "sending":
            guard open[intent] != nil else { return "a call is sent for request \(request) without claim \(claim)" }
            open[intent, default: []].append(leaf.action ?? "call")
        case "recorded", "returned", "lease_lost":
            guard open.removeValue(forKey: intent) != nil else {
                return "claim \(claim) of request \(request) ends without having been made, or twice"
            }
        default:
            break
        }
        return nil
    }

    /// What is open, by request: the calls that were announced under each claim.
    public var remaining: [(intent: Intent, calls: [String])] {
        open.map { ($0.key, $0.value) }.sorted { ($0.0.request, $0.0.claim) < ($1.0.request, $1.0.claim) }
    }
}
