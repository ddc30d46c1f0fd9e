import Glibc

/// The user that runs the server when the process runs as root, which Postgres rejects.
struct ServerUser {
    let userID: uid_t
    let groupID: gid_t

    /// The command prefix that runs a command as this user.
    var prefix: [String] {
        ["setpriv", "--reuid=\(userID)", "--regid=\(groupID)", "--clear-groups"]
    }

    /// The user to switch to.
    ///
    /// - Returns: nil if the process does not run as root.
    /// - Throws: `.noUser`.
    static func needed() throws(ThrowawayPostgresError) -> ServerUser? {
        guard geteuid() == 0 else { return nil }
        guard let user = named("postgres") ?? named("nobody") else {
            throw ThrowawayPostgresError(
                .noUser,
                "PostgreSQL does not run as root, and there is no user postgres or nobody: create one, or run as another user"
            )
        }
        return user
    }

    private static func named(_ name: String) -> ServerUser? {
        var entry = passwd()
        var buffer = [CChar](repeating: 0, count: 16_384)
        var found: UnsafeMutablePointer<passwd>?
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        return ServerUser(userID: entry.pw_uid, groupID: entry.pw_gid)
    }
}
