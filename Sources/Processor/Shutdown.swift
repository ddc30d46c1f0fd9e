import Synchronization

/// The orderly end of a run before its work is done, requested by a signal, the clock, a limit or a lost lease.
///
/// It has two steps. First nothing new begins, and requests in work are finished. Then, after the grace period or at a
/// second signal, requests in work are cancelled; what is known of them is recorded all the same.
public final class Shutdown: Sendable {
    private let state = Mutex<(end: RunEnd?, isCancelled: Bool)>((nil, false))
    private let beginning = OneShotEvent()
    private let cancellation = OneShotEvent()

    init() {}

    /// Begins nothing new. The first reason counts. Where the lease is lost, requests in work are cancelled at once.
    public func begin(_ end: RunEnd) {
        if end == .leaseLost { return cancel(end) }
        state.withLock { $0.end = $0.end ?? end }
        beginning.occur()
    }

    /// Cancels requests in work: the API answers for another environment. That counts, whatever else ends the run.
    func stopInWrongEnvironment(_ contradiction: EnvironmentContradiction) {
        state.withLock { state in
            state.end = .wrongEnvironment(contradiction.description)
            state.isCancelled = true
        }
        beginning.occur()
        cancellation.occur()
    }

    /// Cancels requests in work.
    public func cancel(_ end: RunEnd) {
        state.withLock { state in
            state.end = state.end ?? end
            state.isCancelled = true
        }
        beginning.occur()
        cancellation.occur()
    }

    /// Why the run shuts down; `nil` while it does not.
    var end: RunEnd? { state.withLock { $0.end } }
    /// Whether the API answers for another environment, so that nothing it says counts.
    var isInWrongEnvironment: Bool {
        guard case .wrongEnvironment = end else { return false }
        return true
    }
    /// Whether requests in work are cancelled.
    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Runs a body that nothing depends on yet, and cancels it when the shutdown begins.
    ///
    /// - Throws: ``RunError`` `.stopped` where it was cancelled, and what the body throws.
    func interrupting<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { children in
            children.addTask { try await body() }
            children.addTask {
                await self.waitForBeginning()
                return nil
            }
            defer { children.cancelAll() }
            guard let value = try await children.next() ?? nil else { throw RunError.stopped }
            return value
        }
    }

    /// Waits until the shutdown begins, or the task is cancelled.
    func waitForBeginning() async { await beginning.wait() }
    /// Waits until requests in work are cancelled, or the task is.
    func waitForCancellation() async { await cancellation.wait() }
}

/// Something that happens once. It wakes all tasks that wait for it; a cancelled task stops waiting.
private final class OneShotEvent: Sendable {
    private struct State {
        var hasOccurred = false
        var lastNumber = 0
        var waiting: [Int: AsyncStream<Never>.Continuation] = [:]
    }

    private let state = Mutex(State())

    func occur() {
        let waiting = state.withLock { state in
            state.hasOccurred = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.finish() }
    }

    func wait() async {
        let (stream, continuation) = AsyncStream<Never>.makeStream()
        let number = state.withLock { state -> Int in
            state.lastNumber += 1
            if state.hasOccurred { continuation.finish() } else { state.waiting[state.lastNumber] = continuation }
            return state.lastNumber
        }
        for await _ in stream {}
        state.withLock { $0.waiting[number] = nil }
    }
}
