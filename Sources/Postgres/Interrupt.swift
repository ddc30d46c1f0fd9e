import CLibPQ
import Glibc
import Synchronization

/// How other threads reach a connection that waits in `poll`: a flag, and a descriptor that becomes readable.
final class Interrupt: Sendable {
    private struct State {
        var isRunning = false
        var isRequested = false
    }

    /// An eventfd; open as long as anybody holds this object, so that a late wake never writes to a reused number.
    let descriptor: Int32
    private let state = Mutex(State())

    init() throws(PostgresError) {
        descriptor = dsr_eventfd()
        guard descriptor >= 0 else {
            throw PostgresError(.connectionFailed, "cannot connect to Postgres: no file descriptor is free")
        }
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// A call begins; a request that was meant for an earlier one is forgotten.
    func begin() {
        state.withLock { $0 = State(isRunning: true, isRequested: false) }
    }

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

    var isRequested: Bool {
        state.withLock { $0.isRequested }
    }

    /// Ends the wait in `poll`, if there is one. The reason is found elsewhere.
    func wake() {
        var one: UInt64 = 1
        _ = Glibc.write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Waits until `socket` is ready for one of `events`, somebody wakes, or the time is over.
    ///
    /// - Parameter socket: a negative number waits for the wake alone.
    /// - Returns: what the socket is ready for; empty after a wake or the time.
    func wait(socket: Int32, events: Int32, atMost time: Duration) -> Int32 {
        var descriptors = [
            pollfd(fd: socket, events: Int16(truncatingIfNeeded: events), revents: 0),
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        // Rounded up: a wait that ends early would spin until its time has come.
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
