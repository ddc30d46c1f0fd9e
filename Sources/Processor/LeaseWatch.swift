import Foundation
import Store

/// Tells whether the other runs that hold requests are alive. A run shows that it lives by renewing its lease.
struct LeaseWatch {
    /// The lease of each run as first seen, by the run's id.
    private var leases: [Int64: Date] = [:]
    /// When to stop watching.
    private let end: ContinuousClock.Instant

    init(until end: ContinuousClock.Instant) { self.end = end }

    /// Whether one of the runs has not renewed its lease since it was first seen, and there is time to look again. Where
    /// all have, or none holds a request, the work is theirs.
    ///
    /// - Parameter runs: All other runs that hold requests now.
    mutating func mustGoOn(_ runs: [RunAtWork], now: ContinuousClock.Instant) -> Bool {
        let isInDoubt = runs.contains { leases[$0.id, default: $0.leaseUntil] == $0.leaseUntil }
        guard isInDoubt, now < end else { return false }
        for run in runs where leases[run.id] == nil { leases[run.id] = run.leaseUntil }
        return true
    }
}
