import Foundation
import Synchronization

/// A temporary PostgreSQL server for demonstrations and tests.
///
/// It listens only on a Unix socket, in a new folder that only its user can access. If the process runs as root, the
/// server runs as the user `postgres` or `nobody`. When the process ends, even by a signal, the server stops and the
/// folder is removed.
public final class ThrowawayPostgres: Sendable {
    /// The connection string of the database `postgres`, for its superuser.
    public let connectionString: String

    private let folder: String
    private let supervisor: Supervisor
    private let databases = Atomic<Int>(0)

    /// Creates a cluster and starts the server, which takes about a second.
    ///
    /// - Parameter settings: settings for `postgresql.conf`. By default nothing is flushed to disk: data survives a crash of
    ///   the server, but not of the machine.
    /// - Throws: `.notInstalled`, `.noUser`, `.startFailed`.
    public static func start(
        settings: [String: String] = [:]
    ) async throws(ThrowawayPostgresError) -> ThrowawayPostgres {
        let user = try ServerUser.needed()
        let arguments = [try Installation.find().folder, parent(for: user), text(of: settings)]
        let supervisor = Supervisor(arguments, as: user)
        let folder = try await supervisor.ask("start", orThrow: .startFailed)
        return ThrowawayPostgres(folder, supervisor)
    }

    private init(_ folder: String, _ supervisor: Supervisor) {
        self.folder = folder
        self.supervisor = supervisor
        connectionString = Self.connectionString(folder, "postgres")
    }

    /// Creates an empty database.
    ///
    /// - Returns: its connection string.
    public func createDatabase() async throws(ThrowawayPostgresError) -> String {
        let number = databases.add(1, ordering: .relaxed).newValue
        try await supervisor.ask("create database_\(number)", orThrow: .createFailed)
        return Self.connectionString(folder, "database_\(number)")
    }

    /// Restarts the server; returns when it accepts connections.
    ///
    /// - Parameter immediate: stops it as in a crash, so that it recovers from its write-ahead log.
    public func restart(immediate: Bool) async throws(ThrowawayPostgresError) {
        try await supervisor.ask("restart \(immediate ? "immediate" : "fast")", orThrow: .startFailed)
    }

    /// Stops the server and removes its folder. Idempotent. Optional, since the end of the process does the same.
    public func stop() async {
        await supervisor.end()
    }

    /// The port is part of the socket's name, and is given so that `PGPORT` has no effect.
    private static func connectionString(_ folder: String, _ database: String) -> String {
        "host=\(folder) port=5432 dbname=\(database) user=postgres"
    }

    /// The parent folder. `TMPDIR` may be inaccessible to another user, and a socket's path has at most 107 bytes.
    private static func parent(for user: ServerUser?) -> String {
        let folder = FileManager.default.temporaryDirectory.path
        return user == nil && folder.utf8.count <= 70 && !folder.contains(where: " '\\".contains) ? folder : "/tmp"
    }

    private static func text(of settings: [String: String]) -> String {
        let defaults = ["listen_addresses": "", "port": "5432", "fsync": "off", "full_page_writes": "off"]
        let all = defaults.merging(settings) { _, given in given }
        return all.sorted { $0.key < $1.key }
            .map { "\($0.key) = '\($0.value.replacing("'", with: "''"))'" }
            .joined(separator: "\n")
    }
}
