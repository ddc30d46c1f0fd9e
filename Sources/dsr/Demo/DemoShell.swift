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

    /// Shows the beginning of a document. Its name begins with the database's id.
    func show(fileEndingIn suffix: String, of folder: String, bytes: Int) {
        let file = names(in: folder).first { $0.hasSuffix(suffix) } ?? suffix
        let content = FileManager.default.contents(atPath: "\(folder)/\(file)") ?? Data()
        Terminal.out(String(decoding: content.prefix(bytes), as: UTF8.self) + (content.count > bytes ? " …" : ""))
    }

    func list(folder: String) {
        let names = names(in: folder)
        for name in names { Terminal.out("\(folder)/\(name)") }
        Terminal.out(
            """

            Open \(names.first { $0.hasSuffix("run-1.html") } ?? "the run report") and the letters in a browser. To keep Postgres and the sandbox running after the demo:
            dsr demo --keep
            """
        )
    }

    private func names(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }
}
