import Foundation
import Synchronization

/// A PostgreSQL server of one's own, for as long as it is needed: for demonstrations and tests.
///
/// It listens on a Unix socket in a fresh folder, which only its user can enter, and on no port. Started by root, it
/// runs as the user `postgres`, or `nobody`. When its owner ends, in whatever way, it stops and the folder is removed.
public final class ThrowawayPostgres: Sendable {
    /// A connection string for the database `postgres`, as its superuser.
    public let connectionString: String

    private let folder: String
    private let supervisor: Supervisor
    private let databases = Atomic<Int>(0)

    /// Makes a cluster and starts it, which takes about a second.
    ///
    /// - Parameter settings: lines for `postgresql.conf`. By default nothing is synchronised to disk: data survives the
    ///   server's end, not the machine's.
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

    /// Makes an empty database.
    ///
    /// - Returns: its connection string.
    public func createDatabase() async throws(ThrowawayPostgresError) -> String {
        let number = databases.add(1, ordering: .relaxed).newValue
        try await supervisor.ask("create database_\(number)", orThrow: .createFailed)
        return Self.connectionString(folder, "database_\(number)")
    }

    /// Stops the server and starts it again; returns when it takes connections.
    ///
    /// - Parameter immediate: as in a crash: nobody is told, and the server recovers from its log.
    public func restart(immediate: Bool) async throws(ThrowawayPostgresError) {
        try await supervisor.ask("restart \(immediate ? "immediate" : "fast")", orThrow: .startFailed)
    }

    /// Stops the server and removes its folder. May be called again, and need not be called.
    public func stop() async {
        await supervisor.end()
    }

    /// The port is in the socket's name only, but has to be said where `PGPORT` says otherwise.
    private static func connectionString(_ folder: String, _ database: String) -> String {
        "host=\(folder) port=5432 dbname=\(database) user=postgres"
    }

    /// Where the folder goes. Another user may have no way into `TMPDIR`, and a socket's path has 107 bytes at most.
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
