import Glibc

/// The user that the server runs as: Postgres refuses to run as root.
struct ServerUser {
    let userID: uid_t
    let groupID: gid_t

    /// What to put before a command so that this user runs it.
    var prefix: [String] {
        ["setpriv", "--reuid=\(userID)", "--regid=\(groupID)", "--clear-groups"]
    }

    /// - Returns: nil if the owner's own user will do.
    /// - Throws: `.noUser`.
    static func needed() throws(ThrowawayPostgresError) -> ServerUser? {
        guard geteuid() == 0 else { return nil }
        guard let user = named("postgres") ?? named("nobody") else {
            throw ThrowawayPostgresError(
                .noUser,
                "PostgreSQL does not run as root, and there is no user postgres or nobody to run it as"
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
