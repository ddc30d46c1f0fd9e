import Foundation
import Synchronization

/// The executor of one connection: an operating system thread that runs the actor's jobs in order.
///
/// libpq blocks (name resolution, TLS, waiting for rows), and Swift's cooperative pool has only as many threads as the
/// machine has cores: two slow statements there could stop every task of the process. On its own thread, a statement
/// blocks only its connection.
///
/// The thread exists while the connection is open. Before and after, a job starts a thread that ends as soon as the
/// queue is empty, so that a closed connection can still report that it is closed.
final class ConnectionThread: SerialExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isRunning = false
        var isHeld = false
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustStart = state.withLock { state in
            state.jobs.append(job)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if mustStart {
            start()
        } else {
            wake.signal()
        }
    }

    /// Keeps the thread alive while its queue is empty, until `release()`.
    func hold() {
        state.withLock { $0.isHeld = true }
    }

    /// Lets the thread end once its queue is empty.
    func release() {
        state.withLock { $0.isHeld = false }
        wake.signal()
    }

    private func start() {
        let thread = Thread { self.run() }
        thread.name = "postgres"
        thread.start()
    }

    private func run() {
        while let jobs = next() {
            for job in jobs {
                job.runSynchronously(on: asUnownedSerialExecutor())
            }
            if jobs.isEmpty {
                wake.wait()
            }
        }
    }

    /// The jobs to run now; empty if the thread should wait, nil if it should end.
    private func next() -> [UnownedJob]? {
        state.withLock { state in
            if state.jobs.isEmpty && !state.isHeld {
                state.isRunning = false
                return nil
            }
            defer { state.jobs.removeAll(keepingCapacity: true) }
            return state.jobs
        }
    }
}
