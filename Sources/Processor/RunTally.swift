import Store
public import SubjectRequests

/// What a run has done so far, counted as it happens and not read back.
public struct RunTally: Sendable {
    /// Completed requests by outcome.
    public private(set) var completed: [Outcome: Int] = [:]
    /// Refused, failed, returned to the queue, and taken by somebody else in between.
    public private(set) var refused = 0, failed = 0, returned = 0, lost = 0
    /// Calls sent.
    public private(set) var calls = 0

    /// Erasures that were carried out.
    public var erasures: Int { completed[.erased, default: 0] + completed[.alreadyAbsent, default: 0] }

    /// Requests that came to an end.
    public var ended: Int { completed.values.reduce(0, +) + refused + failed }

    mutating func add(_ result: ClaimResult, accepted: Bool) {
        calls += result.calls
        guard accepted else {
            lost += 1
            return
        }
        switch result.state {
        case .completed: if let outcome = result.outcome { completed[outcome, default: 0] += 1 }
        case .refused: refused += 1
        case .failed: failed += 1
        case .pending, .waiting, .running, .cancelled: returned += 1
        }
    }

    mutating func addSetAside(_ count: Int) {
        failed += count
    }

    mutating func addCalls(_ count: Int) {
        calls += count
    }

    mutating func addRefused(_ count: Int) {
        refused += count
    }
}
