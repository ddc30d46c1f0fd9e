import Glibc

/// The operator who started the command.
enum CurrentUser {
    /// The login name, or `uid N` where the system has none.
    static var name: String {
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "uid \(getuid())" }
        return String(cString: name)
    }
}
