public import SubjectRequests

/// What a run has done so far, counted as it happens and not read back.
public struct RunTally: Sendable {
    /// Completed requests by outcome.
    public private(set) var completed: [Outcome: Int] = [:]
    /// Requests that were refused, failed, went back to the queue, or were lost to another run.
    public private(set) var refused = 0, failed = 0, returned = 0, lost = 0
    /// API requests sent.
    public private(set) var calls = 0

    /// Customers who were erased.
    public var erasures: Int {
        [.erased, .recordRemains, .alreadyAbsent].map { completed[$0, default: 0] }.reduce(0, +)
    }

    /// Requests that are closed.
    public var closed: Int { completed.values.reduce(0, +) + refused + failed }

    mutating func add(_ resolution: Resolution, accepted: Bool) {
        calls += resolution.calls
        guard accepted else {
            lost += 1
            return
        }
        switch resolution.end {
        case .completed(let completion): completed[completion.outcome, default: 0] += 1
        case .refused: refused += 1
        case .failed: failed += 1
        case .returned, .heldBack: returned += 1
        }
    }

    /// Adds requests that were answered together with an equal one.
    mutating func addAnsweredTogether(_ counts: [Outcome: Int]) { completed.merge(counts, uniquingKeysWith: +) }
    mutating func addSetAside(_ count: Int) { failed += count }
    mutating func addRefused(_ count: Int) { refused += count }
    mutating func addCalls(_ count: Int) { calls += count }
}
