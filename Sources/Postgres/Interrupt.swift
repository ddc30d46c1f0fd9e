import CLibPQ
import Glibc
import Synchronization

/// Wakes a connection that waits in `poll` from another thread, by a flag and a descriptor that becomes readable.
final class Interrupt: Sendable {
    private struct State {
        var isRunning = false
        var isRequested = false
    }

    /// An eventfd. It stays open as long as this object exists, so that a late wake never writes to a reused number.
    let descriptor: Int32
    private let state = Mutex(State())

    init() throws(PostgresError) {
        descriptor = dsr_eventfd()
        guard descriptor >= 0 else {
            throw PostgresError(
                .connectionFailed,
                "cannot connect to Postgres: the process has no free file descriptor"
            )
        }
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Marks the start of a call, and drops a request that was meant for an earlier one.
    func begin() {
        state.withLock { $0 = State(isRunning: true, isRequested: false) }
    }

    /// Marks the end of a call.
    func end() {
        state.withLock { $0.isRunning = false }
    }

    /// Asks the running call to stop; does nothing when none is running.
    func request() {
        let isRunning = state.withLock { state in
            state.isRequested = state.isRunning
            return state.isRunning
        }
        if isRunning { wake() }
    }

    /// Whether the running call was asked to stop.
    var isRequested: Bool {
        state.withLock { $0.isRequested }
    }

    /// Ends the current wait in `poll`, if there is one. The waiting thread checks for itself why.
    func wake() {
        var one: UInt64 = 1
        _ = Glibc.write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Waits until `socket` is ready for one of `events`, `wake()` is called, or the time is over.
    ///
    /// - Parameter socket: a negative number waits for `wake()` alone.
    /// - Returns: the events that the socket is ready for; 0 otherwise.
    func wait(socket: Int32, events: Int32, atMost time: Duration) -> Int32 {
        var descriptors = [
            pollfd(fd: socket, events: Int16(truncatingIfNeeded: events), revents: 0),
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        // Rounded up: a wait that ends early would spin until the deadline.
        let milliseconds = (time / .milliseconds(1)).rounded(.up)
        let count = poll(&descriptors, 2, Int32(max(0, min(milliseconds, 60_000))))
        guard count > 0 else { return 0 }
        if descriptors[1].revents != 0 {
            var value: UInt64 = 0
            _ = Glibc.read(descriptor, &value, MemoryLayout<UInt64>.size)
        }
        return Int32(descriptors[0].revents)
    }
}
