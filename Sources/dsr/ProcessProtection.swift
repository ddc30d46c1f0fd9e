import Glibc

/// Keeps the memory of the process, which holds keys and customers' data, from other programs and from disk.
enum ProcessProtection {
    /// Switches core dumps off for good, and lets no other program of the same user read the memory or the environment.
    ///
    /// - Returns: What to say where the system does not allow it; keys would be in a core then.
    static func begin() -> Failure? {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        guard setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0, setNotDumpable() == 0 else {
            return Failure(
                .configuration,
                "core dumps cannot be switched off, and a core would hold keys and customers' data: "
                    + "\(String(cString: strerror(errno))); nothing was done"
            )
        }
        return nil
    }

    /// `prctl(PR_SET_DUMPABLE, 0)`, which Swift cannot call by its name because its arguments vary. A kernel that pipes
    /// cores to a program, as systemd's, ignores the limit and heeds this.
    private static func setNotDumpable() -> Int32 {
        typealias Control = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
        guard let symbol = dlsym(nil, "prctl") else {
            errno = ENOSYS
            return -1
        }
        let setDumpable: Int32 = 4
        return unsafeBitCast(symbol, to: Control.self)(setDumpable, 0, 0, 0, 0)
    }
}
