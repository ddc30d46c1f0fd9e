import Dispatch
import Glibc
import SubjectRequests

/// Whether the process may start the threads that it needs. Where it may not, Swift's executor waits for a thread that never
/// comes, and no timeout fires.
enum ThreadLimit {
    /// The threads of Swift's executor and of the HTTP client, and those of a few connections to Postgres.
    private static let needed = 2 * Int(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) + 8

    private static let release = DispatchSemaphore(value: 0)

    /// Starts as many threads as the program needs, and ends them.
    ///
    /// - Returns: What to say where that is not possible. It must be called before anything asynchronous.
    static func problem() -> Failure? {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        // They do nothing, so the smallest stack is enough.
        pthread_attr_setstacksize(&attributes, 64 * 1_024)
        var threads: [pthread_t] = []
        var code: Int32 = 0
        while threads.count < needed, code == 0 {
            var thread = pthread_t()
            code = pthread_create(&thread, &attributes, waitForRelease, nil)
            if code == 0 { threads.append(thread) }
        }
        for _ in threads { release.signal() }
        for thread in threads { pthread_join(thread, nil) }
        guard code != 0 else { return nil }
        return Failure(
            .configuration,
            "the process may start \(threads.count.counted("more thread")), and needs \(needed): \(String(cString: strerror(code))); raise "
                + "the limit on processes ('ulimit -u', TasksMax= of the systemd unit, or pids of the container)"
        )
    }

    private static let waitForRelease: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { _ in
        ThreadLimit.release.wait()
        return nil
    }
}
