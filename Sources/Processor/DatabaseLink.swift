import CallPolicy
import Store
import Synchronization

/// The run's own connection to the database, which may break. What was sent over it is sent again once it is back; the
/// statements are such that this does no harm.
final class DatabaseLink: Sendable {
    let store: Store
    private let recovery: Recovery

    /// - Parameter patience: How long the database may be away before the run gives up.
    init(store: Store, patience: Duration, stop: RunStop) {
        self.store = store
        self.recovery = Recovery(store: store, patience: patience, stop: stop)
    }

    /// Does something over the connection, again and again until the database has answered.
    ///
    /// - Parameter body: Told whether it is repeated: then an earlier try may have been committed without an answer.
    /// - Throws: ``StoreError`` where the database refuses, or stays away for too long.
    func attempt<Value: Sendable>(
        _ body: (Store, _ isRepeated: Bool) async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        var isRepeated = false
        while true {
            do throws(StoreError) {
                let value = try await body(store, isRepeated)
                await recovery.noteSuccess()
                return value
            } catch {
                guard error.isTransient else { throw error }
                isRepeated = true
                try await recovery.recover(from: error)
            }
        }
    }

    /// Does something over the connection that is the same however often it is done.
    func attempt<Value: Sendable>(
        _ body: (Store) async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        try await attempt { store, _ throws(StoreError) in try await body(store) }
    }
}

/// Brings the connection back, once for all who have noticed that it is gone.
private actor Recovery {
    private let store: Store
    private let patience: Duration
    private let stop: RunStop
    private var failingSince: ContinuousClock.Instant?
    private var failures = 0
    private var underway: Task<Void, Never>?

    private static let waits = Backoff(base: .milliseconds(200), cap: .seconds(5))

    init(store: Store, patience: Duration, stop: RunStop) {
        self.store = store
        self.patience = patience
        self.stop = stop
    }

    func noteSuccess() {
        failingSince = nil
        failures = 0
    }

    /// Waits a little, longer each time, and connects again where that is needed.
    ///
    /// - Throws: the error itself, when patience is at an end or the run is in a hurry.
    func recover(from error: StoreError) async throws(StoreError) {
        if let underway { return await underway.value }
        let since = failingSince ?? .now
        failingSince = since
        guard ContinuousClock.now - since < patience, !stop.isCancelled else { throw error }
        failures += 1
        let wait = Self.waits.wait(step: failures, draw: .random(in: 0...1))
        // Not a child of the caller: what is known is recorded even when the caller is cancelled.
        let task = Task { [store] in
            try? await Task.sleep(for: wait)
            // If this fails, the next statement says so, and the next wait is longer.
            if error.code == .unreachable { try? await store.reconnect() }
        }
        underway = task
        await task.value
        underway = nil
    }
}
