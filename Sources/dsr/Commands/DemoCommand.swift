import ArgumentParser
import Foundation
import Postgres
import TalonOne
import TalonOneSandbox
import ThrowawayPostgres

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "See it all work, on a throwaway Postgres and the sandbox.",
        discussion:
            "Needs PostgreSQL's server programs on this host and nothing else. Leaves one folder with documents."
    )

    @Option(
        help: ArgumentHelp(
            "Where the demo makes its folder. Default: the temporary folder.",
            valueName: "folder"
        )
    )
    var reports: String?
    @Flag(help: "Keep Postgres and the sandbox up afterwards, to go on by hand, until Enter or end of input.")
    var keep = false

    func run() async throws {
        let postgres: ThrowawayPostgres
        do {
            postgres = try await ThrowawayPostgres.start()
        } catch {
            throw Failure(.unreachable, error.description)
        }
        let result: Result<Void, any Error>
        do {
            result = .success(try await demonstrate(on: postgres))
        } catch {
            result = .failure(error)
        }
        await postgres.stop()
        try result.get()
    }

    private func demonstrate(on postgres: ThrowawayPostgres) async throws {
        let server = try await SandboxServer.start()
        await server.sandbox.seed(.demo)
        let folder = try reportFolder()
        let keys = folder + "/keys"
        let shell = DemoShell(environment: [
            "DSR_EVIDENCE_KEY_FILE": keys + "/log.key",
            "DSR_EVIDENCE_DIRECTORY": folder + "/checkpoints",
            "DSR_SUBJECT_KEY_FILE": keys + "/subject.key",
            "DSR_DATABASE_URL": try await postgres.createDatabase(),
            "DSR_REPORTS_DIRECTORY": folder,
            "DSR_TIME_ZONE": "Europe/Berlin",
            "DSR_CALENDAR_COUNTRY": "DE",
            "TALON_ONE_BASE_URL": server.baseURL,
            "TALON_ONE_API_KEY": "sandbox",
            "TALON_ONE_ENVIRONMENT": "sandbox",
        ])
        let result: Result<Void, any Error>
        do {
            result = .success(try await play(shell, server, folder))
        } catch {
            result = .failure(error)
        }
        await server.stop()
        try result.get()
    }

    private func reportFolder() throws -> String {
        // A folder of its own each time: another demo has other keys.
        let parent = reports ?? FileManager.default.temporaryDirectory.path
        let folder = "\(parent)/dsr-demo-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        return folder
    }

    private func play(_ shell: DemoShell, _ server: SandboxServer, _ folder: String) async throws {
        shell.title("1. A shop's customers, made through the API's own write operations")
        try await DemoCustomers.create(at: server.baseURL)

        shell.title("2. Keys for the evidence, kept outside the database, and the schema")
        let keys = folder + "/keys"
        try FileManager.default.createDirectory(atPath: keys, withIntermediateDirectories: true)
        try await shell.dsr("evidence", "key", keys + "/log.key", "--name", "demo.example/dsr")
        try await shell.dsr("evidence", "key", keys + "/subject.key", "--kind", "subject")
        try await shell.dsr("migrate")

        shell.title("3. Requests, inserted by SQL as an intake system would")
        try await shell.sql(DemoCustomers.requests)
        try await shell.dsr("requests", "list")

        shell.title("4. The nightly run")
        try await shell.dsr("run")

        shell.title("5. The same requests afterwards")
        try await shell.dsr("requests", "list")

        shell.title("6. The exported JSON of request 1 (its first 900 bytes)")
        shell.show(file: "\(folder)/request-1-export.json", bytes: 900)

        shell.title("7. The erasure, proven by a second look: the API knows no such customer any more")
        try await shell.dsr("api", "inventory", DemoCustomers.erased, mayFail: true)

        shell.title(
            "8. Request 3: why its date is that date, and its evidence: no name, no identifier, and what was done"
        )
        try await shell.dsr("requests", "show", "3")

        shell.title("9. The evidence, checked: the whole log, one receipt, and who was erased")
        try await shell.dsr("evidence", "verify")
        try await shell.dsr("evidence", "receipt", "3", "--output", folder + "/request-3.tlog-proof")
        try await shell.dsr("evidence", "prove", "--subject", DemoCustomers.erased)

        shell.title("10. Where everything is")
        shell.list(folder: folder)
        if keep { waitForEnter(shell) }
    }

    private func waitForEnter(_ shell: DemoShell) {
        Terminal.out("\nPostgres and the sandbox stay up. In another shell:\n")
        for (name, value) in shell.environment.sorted(by: { $0.key < $1.key }) {
            Terminal.out("export \(name)='\(value)'")
        }
        Terminal.out(
            """

            dsr submit access \(DemoCustomers.left) --ticket DEMO-9 && dsr run
            dsr export \(DemoCustomers.left) --output -
            dsr erase \(DemoCustomers.left) --ticket DEMO-10

            Enter ends the demo.
            """
        )
        _ = readLine()
    }
}
