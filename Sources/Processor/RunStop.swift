import Synchronization

/// What ends a run early, told from anywhere: a signal, the clock, a limit, a lost lease.
///
/// First it winds down: nothing new is begun, and calls in flight finish. Then, when its grace is over or somebody is in
/// a hurry, they are cancelled; what is known is recorded all the same.
public final class RunStop: Sendable {
    private let state = Mutex<(end: RunEnd?, isCancelled: Bool)>((nil, false))
    private let windingDown = Signal()
    private let cancelling = Signal()

    /// Nothing ends the run.
    public init() {}

    /// Begins nothing new. The first reason counts.
    public func windDown(_ end: RunEnd) {
        state.withLock { $0.end = $0.end ?? end }
        windingDown.give()
    }

    /// Cancels calls in flight.
    public func cancel(_ end: RunEnd) {
        state.withLock { state in
            state.end = state.end ?? end
            state.isCancelled = true
        }
        windingDown.give()
        cancelling.give()
    }

    /// Why the run winds down; `nil` while it does not.
    var end: RunEnd? { state.withLock { $0.end } }
    /// Whether calls in flight are to be cancelled.
    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Waits until the run winds down.
    func waitForWindDown() async { await windingDown.wait() }
    /// Waits until calls in flight are to be cancelled.
    func waitForCancellation() async { await cancelling.wait() }
}

/// Something that happens once. Whoever waits for it is woken by it, or by the cancellation of their task.
private final class Signal: Sendable {
    private struct State {
        var isGiven = false
        var lastNumber = 0
        var waiting: [Int: AsyncStream<Never>.Continuation] = [:]
    }

    private let state = Mutex(State())

    func give() {
        let waiting = state.withLock { state in
            state.isGiven = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        for end in waiting.values { end.finish() }
    }

    func wait() async {
        let (stream, end) = AsyncStream<Never>.makeStream()
        let number = state.withLock { state -> Int in
            state.lastNumber += 1
            if state.isGiven { end.finish() } else { state.waiting[state.lastNumber] = end }
            return state.lastNumber
        }
        for await _ in stream {}
        state.withLock { $0.waiting[number] = nil }
    }
}
