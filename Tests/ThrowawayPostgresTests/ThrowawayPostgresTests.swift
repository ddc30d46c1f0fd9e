import Foundation
import Glibc
import Postgres
import Subprocess
import TestEnvironment
import Testing

@testable import ThrowawayPostgres

@Suite("A throwaway Postgres", .timeLimit(.minutes(5)))
struct ThrowawayPostgresTests {
    private static let count = Statement("count", "select count(*) as n from pg_class where relname = 'mine'")

    private func connect(_ string: String) async throws -> PostgresConnection {
        try await PostgresConnection.connect(PostgresConfiguration(connectionString: string))
    }

    @Test("a server uses its settings, creates databases, keeps data over a restart, and leaves no files behind")
    func life() async throws {
        let server = try await ThrowawayPostgres.start(settings: ["work_mem": "5MB", "application_name": "it's"])
        let folder = try folder(of: server)
        #expect(FileManager.default.fileExists(atPath: folder))

        let first = try await connect(try await server.createDatabase())
        let second = try await connect(try await server.createDatabase())
        let settings = Statement(
            "settings",
            """
            select current_setting('work_mem') as memory, current_setting('fsync') as fsync,
              current_setting('listen_addresses') as addresses, current_user::text as owner
            """
        )
        let row = try await first.query(settings)[0]
        #expect(try row.decode("memory") == "5MB")
        #expect(try row.decode("fsync") == "off")
        #expect(try row.decode("addresses") == "")
        #expect(try row.decode("owner") == "postgres")
        try await first.run(script: "create table mine (n int)", named: "create")
        #expect(try await second.query(Self.count)[0].decode("n") == 0)

        for immediate in [true, false] {
            try await server.restart(immediate: immediate)
            await #expect(throws: PostgresError.self) { try await first.query(Self.count) }
            try await first.reconnect()
            #expect(try await first.query(Self.count)[0].decode("n") == 1)
        }

        let process = try #require(processID(in: folder))
        await server.stop()
        await server.stop()
        #expect(!FileManager.default.fileExists(atPath: folder))
        #expect(!isAlive(process))
        let error = await #expect(throws: ThrowawayPostgresError.self) { _ = try await server.createDatabase() }
        #expect(error?.code == .stopped)
    }

    @Test("a server stops when it is deallocated")
    func forgotten() async throws {
        var server: ThrowawayPostgres? = try await ThrowawayPostgres.start()
        let folder = try folder(of: try #require(server))
        let watch = try await connect(try #require(server).connectionString)
        server = nil
        // An immediate stop closes the connection while the statement runs.
        await #expect(throws: PostgresError.self) {
            try await watch.query(Statement("wait", "select pg_sleep(60)"))
        }
        try await waitUntil("the folder is gone") { !FileManager.default.fileExists(atPath: folder) }
    }

    @Test("a server stops when its owner is killed, and its folder is removed")
    func killed() async throws {
        var options = PlatformOptions()
        options.createSession = true
        let command = (try ServerUser.needed()?.prefix ?? []) + ["sh", "-c"]
        // A minimal owner: it holds the pipe to the script, which it started in a separate session.
        let owner = "(echo start; exec sleep 600) | setsid sh -c \"$1\" throwaway-postgres \"$2\" /tmp ''"
        _ = try await run(
            .name(command[0]),
            arguments: Arguments(
                command.dropFirst() + [owner, "owner", SupervisorScript.text, try Installation.find().folder]
            ),
            platformOptions: options,
            input: .none,
            output: .sequence,
            error: .discarded
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            let answer = try #require(try await lines.next())
            let folder = String(answer.dropFirst(3))
            let process = try #require(processID(in: folder))
            #expect(answer.hasPrefix("ok /tmp/dsr-pg-"))
            #expect(isAlive(process))

            try execution.send(signal: .kill, toProcessGroup: true)
            try await waitUntil("the folder is gone") { !FileManager.default.fileExists(atPath: folder) }
            #expect(!isAlive(process))
        }
    }

    @Test("a setting that the server rejects is reported")
    func badSetting() async throws {
        let error = await #expect(throws: ThrowawayPostgresError.self) {
            _ = try await ThrowawayPostgres.start(settings: ["no_such_setting": "1"])
        }
        #expect(error?.code == .startFailed)
        #expect(error?.description.contains("no_such_setting") == true, "\(String(describing: error))")
    }

    @Test("if Postgres is not installed, the error says how to install it")
    func notInstalled() throws {
        let error = #expect(throws: ThrowawayPostgresError.self) {
            _ = try Installation.find(below: "/nowhere", path: "/nowhere/bin")
        }
        #expect(error?.code == .notInstalled)
        #expect(error?.description.contains("apt-get install postgresql") == true)
    }

    private func folder(of server: ThrowawayPostgres) throws -> String {
        let word = try #require(server.connectionString.split(separator: " ").first { $0.hasPrefix("host=") })
        return String(word.dropFirst(5))
    }

    private func processID(in folder: String) -> pid_t? {
        let text = try? String(contentsOfFile: "\(folder)/data/postmaster.pid", encoding: .utf8)
        return text?.split(separator: "\n").first.flatMap { pid_t($0) }
    }

    /// Whether a process runs. A zombie does not.
    private func isAlive(_ process: pid_t) -> Bool {
        let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        guard let state = status?.split(separator: ")").last?.split(separator: " ").first else { return false }
        return state != "Z" && state != "X"
    }
}
