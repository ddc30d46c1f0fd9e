import ArgumentParser
import Foundation

/// The program: its commands, and the exit codes of their errors.
@main
struct Dsr: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dsr",
        abstract: "Answers GDPR data subject requests from customer data in Talon.One.",
        discussion: """
            The queue is a table in Postgres: a row with a kind and an integration_id is a request. 'dsr run' processes \
            the pending requests and leaves documents and an evidence log. It is meant to be started every night by cron.

            Exit codes: 0 success; 1 something needs action; 64 wrong usage; 69 API or database unavailable; \
            75 lease lost, run again; 77 credentials refused; 78 configuration or schema.

            Examples:
              dsr submit access customer-42 --ticket T-1
              dsr run --dry-run
              dsr run --config /etc/dsr/dsr.yaml
            """,
        version: Version.current,
        subcommands: [
            RunCommand.self, SubmitCommand.self, ExportCommand.self, EraseCommand.self, RequestsCommand.self,
            ReportsCommand.self, IncidentsCommand.self, ReplayCommand.self, EvidenceCommand.self, MigrateCommand.self,
            GrantsCommand.self, APICommand.self, SandboxCommand.self, DemoCommand.self,
        ]
    )

    static func main() async {
        let areUTF8 = ProcessTitle.argumentsAreUTF8
        let arguments = ProcessTitle.takeArguments()
        do {
            guard areUTF8 else { throw Failure(.usage, "an argument is not valid UTF-8; nothing was done") }
            try await run(parseAsRoot(arguments))
        } catch {
            // The parser's own errors, help among them, are those that it does not give the general exit code.
            let code = exitCode(for: error)
            guard code == .failure else { exit(code, fullMessage(for: error), arguments) }
            let failure = Failure(error)
            Terminal.error(failure.sentence)
            Foundation.exit(failure.code.rawValue)
        }
    }

    private static func run(_ command: any ParsableCommand) async throws {
        var command = command
        if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            try command.run()
        }
    }

    /// Ends the program after help or a wrong command line.
    private static func exit(_ code: ExitCode, _ message: String, _ arguments: [String]) -> Never {
        if code == .success {
            Terminal.out(message)
        } else {
            Terminal.error(UsageError.text(of: message, for: arguments))
        }
        Foundation.exit(code.rawValue)
    }
}
