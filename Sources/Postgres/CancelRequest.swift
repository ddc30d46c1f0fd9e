import CLibPQ
import Foundation
import Synchronization

/// A request to the server to stop the statement of a connection, sent on a separate thread.
///
/// libpq 15's `PQcancel` opens a second connection and blocks until the server has accepted the request, possibly for
/// ever. Callers wait for `isDone` with a timeout; the thread ends when the operating system closes the connection.
final class CancelRequest: Sendable {
    private let done = Atomic<Bool>(false)

    /// Whether the server has accepted the request, or sending it failed.
    var isDone: Bool {
        done.load(ordering: .acquiring)
    }

    /// Sends the request.
    ///
    /// - Parameter interrupt: woken when the request is done.
    init(_ connection: OpaquePointer, waking interrupt: Interrupt) {
        // Safe: a PGcancel is an independent copy, and only the new thread uses it from here on.
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
