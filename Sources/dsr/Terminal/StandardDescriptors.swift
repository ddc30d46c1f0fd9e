import Glibc
import Synchronization

/// The descriptors that the program is started with, and how many it may have.
enum StandardDescriptors {
    private static let stdoutWasClosed = Atomic(false)

    /// Whether the program was started without a standard output.
    static var isStdoutClosed: Bool { stdoutWasClosed.load(ordering: .relaxed) }

    /// The largest number of descriptors that the process may have open.
    static var limit: Int {
        var limits = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else { return .max }
        return Int(clamping: limits.rlim_cur)
    }

    /// What to say where the process may open too few descriptors for Swift's executor and one connection.
    static func problem() -> Failure? {
        let needed = 16
        guard limit < needed else { return nil }
        return Failure(
            .configuration,
            "the process may open no more than \(limit) files and connections, and needs \(needed); raise the limit "
                + "('ulimit -n', or LimitNOFILE= of the systemd unit)"
        )
    }

    /// Opens closed ones on /dev/null, so that a file or a socket never gets the number of a standard stream; raises the
    /// limit to the hard one; lets a closed pipe, and a file that grows beyond a limit, be an error and not a signal.
    static func prepare() {
        for file: Int32 in 0...2 where fcntl(file, F_GETFD) == -1 && errno == EBADF {
            if file == STDOUT_FILENO { stdoutWasClosed.store(true, ordering: .relaxed) }
            _ = open("/dev/null", O_RDWR)
        }
        var limits = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        if getrlimit(resource, &limits) == 0, limits.rlim_cur < limits.rlim_max {
            limits.rlim_cur = limits.rlim_max
            _ = setrlimit(resource, &limits)
        }
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }
}
