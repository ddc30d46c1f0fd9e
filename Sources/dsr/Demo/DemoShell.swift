import Foundation
import Postgres
import Subprocess
import SystemPackage

/// Runs dsr's own binary as an operator does, and shows each command.
struct DemoShell {
    let environment: [String: String]

    func title(_ text: String) {
        Terminal.out("\n== \(text)\n")
    }

    /// Runs one command of this binary with the demo's environment, its output on this terminal.
    func dsr(_ arguments: String..., mayFail: Bool = false) async throws {
        Terminal.out("$ dsr \(arguments.joined(separator: " "))")
        var values: [Environment.Key: String?] = [:]
        // Settings of the user's own must not lead the demo to a real database.
        for name in ProcessInfo.processInfo.environment.keys where SettingsTable.claims(name) {
            values[Environment.Key(stringLiteral: name)] = String?.none
        }
        for (name, value) in environment { values[Environment.Key(stringLiteral: name)] = value }
        let ended = try await Subprocess.run(
            .path("/proc/self/exe"),
            arguments: Arguments(arguments),
            environment: .inherit.updating(values),
            output: .currentStandardOutput,
            error: .currentStandardError
        )
        guard mayFail || ended.terminationStatus.isSuccess else {
            throw Failure(.needsAction, "the demo stopped: 'dsr \(arguments.first ?? "")' failed")
        }
    }

    func sql(_ statements: String) async throws {
        Terminal.out(statements + "\n")
        let connection = try await PostgresConnection.connect(
            PostgresConfiguration(connectionString: environment["DSR_DATABASE_URL"])
        )
        try await withResource(connection, close: { await $0.close() }) { connection in
            try await connection.run(script: statements, named: "the demo's requests")
        }
    }

    func show(file: String, bytes: Int) {
        let content = FileManager.default.contents(atPath: file) ?? Data()
        Terminal.out(String(decoding: content.prefix(bytes), as: UTF8.self) + (content.count > bytes ? " …" : ""))
    }

    func list(folder: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names.sorted() { Terminal.out("\(folder)/\(name)") }
        Terminal.out(
            """

            Open run-1.html and the letters in a browser. To keep Postgres and the sandbox running after the demo:
            dsr demo --keep
            """
        )
    }
}
