import CLibPQ
import Foundation
import Synchronization

/// A request to the server to stop what a connection is running, made on a thread of its own.
///
/// libpq 15's `PQcancel` opens a second connection and blocks until the server has taken the request, which may be
/// never. Whoever waits for `isDone` gives up after a while; the thread then ends when the operating system says so.
final class CancelRequest: Sendable {
    private let done = Atomic<Bool>(false)

    var isDone: Bool {
        done.load(ordering: .acquiring)
    }

    /// - Parameter interrupt: woken when the request is done.
    init(_ connection: OpaquePointer, waking interrupt: Interrupt) {
        // Handed over: a PGcancel is a copy of its own, and from here on only the new thread touches it.
        nonisolated(unsafe) let request = PQgetCancel(connection)
        Thread.detachNewThread {
            var reason = [CChar](repeating: 0, count: 256)
            _ = PQcancel(request, &reason, Int32(reason.count))
            PQfreeCancel(request)
            self.done.store(true, ordering: .releasing)
            interrupt.wake()
        }
    }
}
