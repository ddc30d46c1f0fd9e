package import Foundation
package import Postgres
package import Subprocess
import SystemPackage
package import TalonOneSandbox
package import ThrowawayPostgres

/// What a test of the binary needs around it: a database of its own, a sandbox of its own, a report directory.
package struct House: Sendable {
    package let database: String
    package let server: SandboxServer
    package let folder: String
    package let settings: [String: String]

    package var sandbox: Sandbox { server.sandbox }
    package var reports: String { folder + "/reports" }

    /// Builds a house, lets the test live in it, and leaves nothing behind.
    ///
    /// - Parameter server: A Postgres of the test's own, where it is to be broken; all others share one.
    package static func with(
        _ settings: SandboxSettings = SandboxSettings(),
        on server: ThrowawayPostgres? = nil,
        migrated: Bool = true,
        environment: [String: String] = [:],
        _ body: (House) async throws -> Void
    ) async throws {
        let cluster = if let server { server } else { try await Self.cluster.value }
        let folder = FileManager.default.temporaryDirectory.path + "/dsr-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try await SandboxServer.start(settings: settings)
        await server.sandbox.seed(.demo)
        let house = House(
            database: try await cluster.createDatabase(),
            server: server,
            folder: folder,
            settings: environment
        )
        let result: Result<Void, any Error>
        do {
            if migrated { _ = try await house.dsr("migrate").expect(0) }
            result = .success(try await body(house))
        } catch {
            result = .failure(error)
        }
        await server.stop()
        try result.get()
    }

    /// One cluster for the whole test process; it ends with the process.
    private static let cluster = Task { try await ThrowawayPostgres.start() }

    // MARK: - The binary

    /// How a run of the binary ended, and what it said.
    package struct Ended: Sendable {
        package let code: Int32
        package let out: String
        package let err: String

        /// - Throws: what it said, where it ended with another code.
        @discardableResult
        package func expect(_ code: Int32) throws -> Ended {
            guard self.code == code else {
                throw Unexpected(description: "exit \(self.code), not \(code)\n\(out)\n\(err)")
            }
            return self
        }
    }

    package struct Unexpected: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    /// The binary under test, beside the test bundle.
    package static let binary =
        FileManager.default
        .destinationOfSymbolicLink(orPath: "/proc/self/exe").deletingLastComponent + "/dsr"

    package var environment: [String: String] {
        [
            "DSR_DATABASE_URL": database,
            "DSR_REPORTS_DIRECTORY": reports,
            "DSR_RETRY_WAIT_SECONDS": "0",
            "TALON_ONE_BASE_URL": server.baseURL,
            "TALON_ONE_API_KEY": "sandbox",
            "TALON_ONE_ENVIRONMENT": "sandbox",
        ].merging(settings) { $1 }
    }

    package func dsr(
        _ arguments: String...,
        setting changes: [String: String?] = [:],
        input: String = ""
    ) async throws -> Ended {
        try await Self.run(
            .path(FilePath(Self.binary)),
            arguments,
            environment.mapValues(Optional.some).merging(changes) { $1 },
            input
        )
    }

    package func dsr(_ words: [String], setting changes: [String: String] = [:]) async throws -> Ended {
        try await Self.run(words, environment.merging(changes) { $1 })
    }

    /// Runs the binary on a terminal of its own, with what a person types.
    package func onTerminal(_ command: String, typing input: String) async throws -> Ended {
        try await Self.run(
            .name("script"),
            ["-qec", "\(Self.binary) \(command)", "/dev/null"],
            environment,
            input
        )
    }

    package static func run(_ words: [String], _ environment: [String: String]) async throws -> Ended {
        try await run(.path(FilePath(binary)), words, environment.mapValues(Optional.some), "")
    }

    /// PostgreSQL's own client, as an intake system's engineer would use it.
    package func psql(_ text: String) async throws -> Ended {
        try await Self.psql(text, database)
    }

    package static func psql(_ text: String, _ database: String) async throws -> Ended {
        try await run(.name("psql"), ["-X", "-v", "ON_ERROR_STOP=1", "-c", text, database], [:], "")
    }

    private static func run(
        _ executable: Executable,
        _ arguments: [String],
        _ variables: [String: String?],
        _ input: String
    ) async throws -> Ended {
        let result = try await Subprocess.run(
            executable,
            arguments: Arguments(arguments),
            environment: Self.environment(variables),
            input: .string(input),
            output: .string(limit: 64 << 20),
            error: .string(limit: 64 << 20)
        )
        return Ended(
            code: code(of: result.terminationStatus),
            out: result.standardOutput,
            err: result.standardError
        )
    }

    package static func environment(_ variables: [String: String?]) -> Environment {
        var values: [Environment.Key: String?] = [:]
        for (name, value) in variables { values[Environment.Key(stringLiteral: name)] = value }
        return .inherit.updating(values)
    }

    /// The exit code, or the signal's number below zero.
    package static func code(of status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let signal): -signal
        }
    }

    // MARK: - The database

    /// Runs SQL on a connection of its own.
    @discardableResult
    package func sql(_ text: String) async throws -> PostgresResult {
        let connection = try await PostgresConnection.connect(PostgresConfiguration(connectionString: database))
        do {
            let result = try await connection.query(Statement("test", text))
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }

    package func count(_ text: String) async throws -> Int {
        let rows = try await sql("select (\(text))::bigint as n")
        return try rows[rows.startIndex].decode("n")
    }

    /// The database's clock, in seconds.
    package func now() async throws -> Double {
        let rows = try await sql("select extract(epoch from clock_timestamp())::double precision as n")
        return try rows[rows.startIndex].decode("n")
    }

    /// Lets time pass, by the database's clock.
    package func letPass(seconds: Int) async throws {
        try await sql("select pg_sleep(\(seconds))")
    }

    /// One column of text, nulls as `-`.
    package func texts(_ text: String) async throws -> [String] {
        try await sql(text).map { try $0.decode("t", as: String?.self) ?? "-" }
    }

    /// `state outcome` of a request.
    package func ending(of request: Int) async throws -> String {
        try await texts(
            "select state || ' ' || coalesce(outcome, '-') as t from dsr.subject_requests where id = \(request)"
        ).first ?? "none"
    }

    /// What the evidence says of a request, event by event.
    package func events(of request: Int) async throws -> [String] {
        try await texts(
            """
            select convert_from(payload, 'UTF8')::json ->> 'event' as t
            from dsr.evidence_payloads join dsr.evidence_leaves using (index)
            where request_id = \(request) order by index
            """
        )
    }

    package func file(_ name: String) -> Data? {
        FileManager.default.contents(atPath: reports + "/" + name)
    }

    /// Every value of every table of the schema, bytes as text where they are text and as hex where not.
    package func dump() async throws -> String {
        var all = ""
        let tables = try await texts(
            "select tablename::text as t from pg_tables where schemaname = 'dsr' order by 1"
        )
        for table in tables {
            all += try await texts("select '\(table) ' || to_jsonb(r)::text as t from dsr.\(table) r").joined(
                separator: "\n"
            )
        }
        return all
    }

    // MARK: - The shop

    /// Makes a customer by the API's own operations, with a little of everything.
    package func makeCustomer(_ id: String) async throws {
        _ = try await dsr("api", "update-profile", id, "--attributes", #"{"Name":"N","City":"C"}"#).expect(0)
        _ = try await dsr(
            "api",
            "update-session",
            "s-\(UUID().uuidString)",
            "--profile",
            id,
            "--state",
            "closed",
            "--total",
            "12.50"
        ).expect(0)
        _ = try await dsr("api", "create-reservation", "AUTUMN10", id).expect(0)
    }
}

extension FileManager {
    fileprivate func destinationOfSymbolicLink(orPath path: String) -> String {
        (try? destinationOfSymbolicLink(atPath: path)) ?? path
    }
}

extension String {
    fileprivate var deletingLastComponent: String { (self as NSString).deletingLastPathComponent }
}
