package import Foundation
package import TalonOneSandbox
package import ThrowawayPostgres

/// What a test of the binary runs it in: a database and a sandbox of its own, a folder, and settings.
package struct TestEnvironment: Sendable {
    package let postgres: ThrowawayPostgres
    package let database: String
    package let server: SandboxServer
    package let folder: String
    package let settings: [String: String]

    package var sandbox: Sandbox { server.sandbox }
    package var reports: String { folder + "/reports" }

    /// Sets an environment up, runs the test in it, and removes everything.
    ///
    /// - Parameters:
    ///   - server: The Postgres server; by default the one that all tests of the process share.
    ///   - environment: Environment variables that the binary is started with, in addition to those that it needs.
    package static func with(
        _ settings: SandboxSettings = SandboxSettings(),
        on server: ThrowawayPostgres? = nil,
        migrated: Bool = true,
        environment: [String: String] = [:],
        _ body: (TestEnvironment) async throws -> Void
    ) async throws {
        let postgres = if let server { server } else { try await sharedPostgres.value }
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let server = try await SandboxServer.start(settings: settings)
        await server.sandbox.seed(.demo)
        let env = TestEnvironment(
            postgres: postgres,
            database: try await postgres.createDatabase(),
            server: server,
            folder: folder.path,
            settings: environment
        )
        let result: Result<Void, any Error>
        do {
            if migrated { try await env.dsr("migrate").expect(0) }
            result = .success(try await body(env))
        } catch {
            result = .failure(error)
        }
        await server.stop()
        try result.get()
    }

    /// One server for the whole test process; it ends with the process.
    private static let sharedPostgres = Task { try await ThrowawayPostgres.start() }

    /// The content of a file in the report directory.
    ///
    /// - Parameter name: The name, with or without the database's id.
    package func file(_ name: String) -> Data? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: reports)) ?? []
        return names.first { $0 == name || $0.hasSuffix("-" + name) }.flatMap {
            FileManager.default.contents(atPath: reports + "/" + $0)
        }
    }

    /// The database's own id, with which the names of its files begin.
    package func databaseID() async throws -> String {
        try await texts("select database_id as t from dsr.deployment")[0]
    }
}

/// A folder for one test, which only its user can enter.
struct TemporaryFolder {
    let path = FileManager.default.temporaryDirectory.path + "/dsr-test-\(UUID().uuidString)"

    init() throws {
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
