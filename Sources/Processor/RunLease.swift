import CallPolicy
import Store
import Synchronization

/// The run's claim to be alive, renewed on a connection of its own, so that no slow statement can cost it.
final class RunLease: Sendable {
    private let lease: Mutex<Lease>
    private let run: Int64

    /// - Parameter sent: When the statement that began the run was sent.
    init(run: Int64, duration: Duration, takenAt sent: ContinuousClock.Instant) {
        self.run = run
        self.lease = Mutex(Lease(duration: duration, takenAt: sent))
    }

    /// Whether nobody can have taken over what the run holds.
    var isTrusted: Bool { lease.withLock { $0.isTrusted(at: .now) } }

    /// Renews until the task is cancelled or the database refuses: then others may have taken over, and the run stops at
    /// once. A connection that breaks is made again, and a renewal that takes long is given up in time for the next.
    func keep(with store: Store, stop: RunStop) async {
        let (interval, deadline) = lease.withLock { ($0.interval, $0.renewalDeadline) }
        var wait = interval
        while (try? await Task.sleep(for: wait)) != nil {
            let sent = ContinuousClock.now
            do throws(StoreError) {
                guard try await store.renewLease(run: run, lease: interval * 6, deadline: deadline) else {
                    lease.withLock { $0.refused() }
                    stop.cancel(.leaseLost)
                    return
                }
                lease.withLock { $0.renewed(sentAt: sent) }
                wait = interval
            } catch {
                try? await store.reconnect()
                wait = interval / 4
            }
        }
    }
}
