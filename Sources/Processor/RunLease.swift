import Store
import Synchronization

/// The run's claim to be alive, renewed on a connection of its own, so that no slow statement can cost it.
final class RunLease: Sendable {
    private let lost = Mutex(false)
    private let run: Int64
    private let duration: Duration

    init(run: Int64, duration: Duration) {
        self.run = run
        self.duration = duration
    }

    /// Whether the run must stop claiming: others may have taken over.
    var isLost: Bool { lost.withLock { $0 } }

    /// Renews until the task is cancelled or the lease is lost.
    ///
    /// The lease is counted from the moment a renewal is sent, so this side always gives up before the others take over.
    func keep(with store: Store) async {
        let clock = ContinuousClock()
        var renewed = clock.now
        while !Task.isCancelled {
            guard (try? await Task.sleep(for: duration / 6)) != nil else { return }
            let sent = clock.now
            do throws(StoreError) {
                guard try await store.renewLease(run: run, lease: duration) else { break }
                renewed = sent
            } catch {
                if clock.now - renewed > duration * 0.8 { break }
                try? await store.reconnect()
            }
        }
        if !Task.isCancelled { lost.withLock { $0 = true } }
    }
}
