import ArgumentParser
import Foundation

/// The program: commands, and how their ends become exit codes.
@main
struct Dsr: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dsr",
        abstract: "Answers GDPR data subject requests from customer data in Talon.One.",
        discussion: """
            A table in Postgres is the queue: a row with a kind and an integration_id is a request. 'dsr run' answers \
            what is pending, leaves documents and an evidence log, and is what cron starts each night.

            Exit codes: 0 all done; 1 something needs a person; 64 usage; 69 API or database unreachable; \
            75 lease lost, try again; 77 credentials refused; 78 configuration.
            """,
        version: Version.current,
        subcommands: [
            RunCommand.self, SubmitCommand.self, ExportCommand.self, EraseCommand.self, RequestsCommand.self,
            ReportsCommand.self,
            IncidentsCommand.self, ReplayCommand.self, EvidenceCommand.self, MigrateCommand.self, GrantsCommand.self,
            APICommand.self, SandboxCommand.self,
            DemoCommand.self,
        ]
    )

    static func main() async {
        let arguments = ProcessTitle.takeArguments()
        var command: any ParsableCommand
        do {
            command = try parseAsRoot(arguments)
        } catch {
            exit(parsing: arguments, error)
        }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let help as CleanExit {
            exit(withError: help)
        } catch {
            let failure = Failure(error)
            Terminal.error(failure.sentence)
            Foundation.exit(failure.code.rawValue)
        }
    }

    /// The parser quotes what it could not understand, and that may be a person's identifier.
    private static func exit(parsing arguments: [String], _ error: any Error) -> Never {
        let code = exitCode(for: error)
        var message = fullMessage(for: error)
        guard code != .success else {
            print(message)
            Foundation.exit(0)
        }
        for argument in arguments where !argument.isEmpty {
            message = message.replacingOccurrences(of: "'\(argument)'", with: "(an argument)")
            if let value = argument.split(separator: "=", maxSplits: 1).last, argument.hasPrefix("-"),
                argument.contains("=")
            {
                message = message.replacingOccurrences(of: "'\(value)'", with: "(an argument)")
            }
        }
        Terminal.error(message)
        Foundation.exit(code.rawValue)
    }
}
