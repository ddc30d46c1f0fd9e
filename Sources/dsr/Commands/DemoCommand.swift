import ArgumentParser
import Foundation
import Postgres
import TalonOne
import TalonOneSandbox
import ThrowawayPostgres

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Demonstrate dsr on a throwaway Postgres and the Talon.One sandbox.",
        discussion: """
            Needs the PostgreSQL server programs on this host. Leaves one folder with documents.

            Examples:
              dsr demo
              dsr demo --keep
            """
    )

    @Option(
        help: ArgumentHelp(
            "The folder in which the demo creates its own folder. Default: the temporary folder.",
            valueName: "folder"
        )
    )
    var reports: String?
    @Flag(help: "Keep Postgres and the sandbox running after the demo, until Enter or end of input.")
    var keep = false

    func run() async throws {
        let postgres = try await ThrowawayPostgres.start()
        try await withResource(postgres, close: { await $0.stop() }) { try await demonstrate(on: $0) }
    }

    private func demonstrate(on postgres: ThrowawayPostgres) async throws {
        let server = try await SandboxServer.start()
        await server.sandbox.seed(.demo)
        let folder = try reportFolder()
        let keys = folder + "/keys"
        let file = folder + "/dsr.yaml"
        try DemoController.write(to: file)
        let shell = DemoShell(environment: [
            "DSR_CONFIG": file,
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
        try await withResource(server, close: { await $0.stop() }) { try await play(shell, $0, folder) }
    }

    private func reportFolder() throws -> String {
        // Each demo has its own folder, since each demo has its own keys.
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
        shell.title("1. Customers of a shop, created through the API")
        try await DemoCustomers.create(at: server.baseURL)

        shell.title("2. Keys for the evidence log, kept outside the database, and the schema of a sandbox queue")
        let keys = folder + "/keys"
        try FileManager.default.createDirectory(atPath: keys, withIntermediateDirectories: true)
        try await shell.dsr("evidence", "key", keys + "/log.key", "--name", "demo.example/dsr")
        try await shell.dsr("evidence", "key", keys + "/subject.key", "--kind", "subject")
        try await shell.dsr("migrate", "--environment", "sandbox")

        shell.title("3. Requests, inserted by SQL as an intake system does")
        try await shell.sql(DemoCustomers.requests)
        try await shell.dsr("requests", "list")

        shell.title("4. The nightly run")
        try await shell.dsr("run")

        shell.title("5. The same requests afterwards")
        try await shell.dsr("requests", "list")

        shell.title("6. The exported JSON of request 1 (its first 900 bytes)")
        shell.show(fileEndingIn: "request-1-export.json", of: folder, bytes: 900)

        shell.title("7. The erased customer: the API has no such customer any more")
        try await shell.dsr("api", "inventory", DemoCustomers.erased, mayFail: true)

        shell.title(
            "8. Request 3: its deadline explained, and its evidence, which has no name and no identifier"
        )
        try await shell.dsr("requests", "show", "3")

        shell.title("9. The evidence, verified: the whole log, one receipt, and one customer's erasure")
        try await shell.dsr("evidence", "verify")
        try await shell.dsr("evidence", "receipt", "3", "--output", folder + "/request-3.tlog-proof")
        try await shell.dsr("evidence", "prove", "--subject", DemoCustomers.erased)

        shell.title("10. The files")
        shell.list(folder: folder)
        if keep { waitForEnter(shell) }
    }

    private func waitForEnter(_ shell: DemoShell) {
        Terminal.out("\nPostgres and the sandbox keep running. In another shell:\n")
        for (name, value) in shell.environment.sorted(by: { $0.key < $1.key }) {
            Terminal.out("export \(name)='\(value)'")
        }
        Terminal.out(
            """

            dsr submit access \(DemoCustomers.left) --ticket DEMO-9 && dsr run
            dsr export \(DemoCustomers.left) --output -
            dsr erase \(DemoCustomers.left) --ticket DEMO-10

            Press Enter to end the demo.
            """
        )
        _ = readLine()
    }
}
