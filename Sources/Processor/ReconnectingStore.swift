import Store
import Synchronization

/// A store whose connection may break. What failed is sent again once the connection is back; all statements that go
/// through it are idempotent, or are told that they are repeated.
struct ReconnectingStore: Sendable {
    private let store: Store
    private let recovery: Recovery
    private let patience: Duration

    /// - Parameter patience: How long the database may be away, or a call may fail, before an error is final.
    init(_ store: Store, patience: Duration, shutdown: Shutdown) {
        self.store = store
        self.patience = patience
        self.recovery = Recovery(store, patience: patience, shutdown: shutdown)
    }

    /// Retries until the database has answered.
    ///
    /// - Parameter body: Told whether it is repeated: then an earlier try may have been committed without an answer.
    /// - Throws: ``StoreError`` where the database refuses, or stays away for too long.
    func retrying<Value: Sendable>(
        _ body: (Store, _ isRepeated: Bool) async throws -> Value
    ) async throws -> Value {
        var isRepeated = false
        var firstFailure: ContinuousClock.Instant?
        while true {
            do {
                let value = try await body(store, isRepeated)
                recovery.succeeded()
                return value
            } catch let error as StoreError where error.isTransient {
                isRepeated = true
                // A database that answers other calls meanwhile, but never this one, is no reason to wait for ever.
                let since = firstFailure ?? .now
                firstFailure = since
                if since.duration(to: .now) > patience { throw error }
                try await recovery.recover(from: error)
            }
        }
    }

    /// Retries an idempotent body until the database has answered.
    func retrying<Value: Sendable>(_ body: (Store) async throws -> Value) async throws -> Value {
        try await retrying { store, _ in try await body(store) }
    }
}

/// Restores the connection, once for all statements that found it broken.
private final class Recovery: Sendable {
    private struct State {
        var outage: Outage
        var underway: Task<Void, Never>?
    }

    private let store: Store
    private let shutdown: Shutdown
    private let state: Mutex<State>

    init(_ store: Store, patience: Duration, shutdown: Shutdown) {
        self.store = store
        self.shutdown = shutdown
        self.state = Mutex(State(outage: Outage(patience: patience)))
    }

    func succeeded() {
        state.withLock { $0.outage.ended() }
    }

    /// Waits a little, longer each time, and reconnects where that is needed.
    ///
    /// - Throws: the error itself, when patience is at an end or requests in work are cancelled.
    func recover(from error: StoreError) async throws {
        let task = try state.withLock { state throws -> Task<Void, Never> in
            if let underway = state.underway { return underway }
            guard !shutdown.isCancelled, let wait = state.outage.failed(at: .now, jitter: .random(in: 0...1)) else {
                throw error
            }
            // Not a child of the caller: what is known is recorded even when the caller is cancelled.
            let task = Task { await reconnect(after: wait, isLost: error.code == .unreachable) }
            state.underway = task
            return task
        }
        await task.value
    }

    private func reconnect(after wait: Duration, isLost: Bool) async {
        try? await Task.sleep(for: wait)
        // If this fails, the next statement says so, and the next wait is longer.
        if isLost { try? await store.reconnect() }
        state.withLock { $0.underway = nil }
    }
}
