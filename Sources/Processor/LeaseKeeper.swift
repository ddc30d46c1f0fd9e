import CallPolicy
import Store
import SubjectRequests
import Synchronization

/// Renews the run's lease on a connection of its own, so that no slow statement can cost the run its lease.
final class LeaseKeeper: Sendable {
    private let lease: Mutex<Lease>
    private let isEnding = Mutex(false)
    private let run: Int64

    /// - Parameter sent: When the statement that began the run was sent.
    init(run: Int64, duration: Duration, takenAt sent: ContinuousClock.Instant) {
        self.run = run
        self.lease = Mutex(Lease(duration: duration, takenAt: sent))
    }

    /// Whether no other run can have taken over what this run holds.
    var isValid: Bool { lease.withLock { $0.isValid(at: .now) } }

    /// The run holds no requests any more and is about to end: a refusal does not mean that its lease was lost.
    func runEnds() { isEnding.withLock { $0 = true } }

    /// The heartbeat: renews until the task is cancelled, the database refuses, or the lease has expired without an answer.
    /// Then other runs may have taken over, and the run shuts down at once, unless it is ending. A lost connection is made
    /// again; a slow renewal is given up in time for the next.
    func renew(with store: Store, shutdown: Shutdown) async {
        let (interval, duration, deadline) = lease.withLock { ($0.interval, $0.duration, $0.renewalDeadline) }
        var wait = interval
        while (try? await Task.sleep(for: wait)) != nil {
            let sent = ContinuousClock.now
            do {
                guard try await store.renewLease(run: run, lease: duration, deadline: deadline) else {
                    return lost(shutdown)
                }
                lease.withLock { $0.renewed(sentAt: sent) }
                wait = interval
            } catch {
                // At once over the new connection: the old one may have cost most of the lease already.
                let isReconnected = (try? await store.reconnect()) != nil
                if lease.withLock({ $0.hasExpired(at: .now) }) { return lost(shutdown) }
                wait = isReconnected && wait != .zero ? .zero : interval / 4
            }
        }
    }

    private func lost(_ shutdown: Shutdown) {
        lease.withLock { $0.refused() }
        if !isEnding.withLock({ $0 }) { shutdown.cancel(.leaseLost) }
    }
}
