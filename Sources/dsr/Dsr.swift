import ArgumentParser
import Foundation

/// The program's entry.
///
/// It is not asynchronous: Swift's executor opens descriptors of its own, and the standard ones must be there before.
@main
enum Program {
    static func main() {
        let unprotected = ProcessProtection.begin()
        StandardDescriptors.prepare()
        if let failure = unprotected ?? StandardDescriptors.problem() ?? ThreadLimit.problem() {
            Dsr.exit(with: failure)
        }
        Task { await Dsr.start() }
        dispatchMain()
    }
}

/// The commands of the program, and the exit codes of their errors.
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
            ReportCommand.self, ReportsCommand.self, SchemaCommand.self, IncidentsCommand.self, ReplayCommand.self,
            EvidenceCommand.self, MigrateCommand.self,
            GrantsCommand.self, PolicyCommand.self, APICommand.self, SandboxCommand.self, DemoCommand.self,
        ]
    )

    /// Runs the command that the command line names, and ends the program.
    static func start() async -> Never {
        let areUTF8 = ProcessTitle.argumentsAreUTF8
        guard let arguments = ProcessTitle.takeArguments() else { exit(with: .argumentsMissing) }
        do {
            guard areUTF8 else { throw Failure(.usage, "an argument is not valid UTF-8; nothing was done") }
            let command = try parseAsRoot(arguments)
            let group = type(of: command)
            // A nightly job that loses its words must not end with 0.
            guard group.configuration.subcommands.isEmpty else {
                Terminal.note(helpMessage(for: group))
                throw Failure(.usage, "no command is given, so nothing was done; name one of the subcommands above")
            }
            if let name = RepeatedOption.name(in: arguments) {
                throw Failure(.usage, "\(name) is given more than once; nothing was done. Give it once")
            }
            try await run(command)
            Terminal.exit(EXIT_SUCCESS)
        } catch {
            // The parser's own errors, help among them, are those that it does not give the general exit code.
            let code = exitCode(for: error)
            guard code == .failure else { exit(code, fullMessage(for: error), arguments) }
            exit(with: Failure(error))
        }
    }

    fileprivate static func exit(with failure: Failure) -> Never {
        Terminal.error(failure.sentence)
        Terminal.exit(failure.code.rawValue)
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
        Terminal.exit(code.rawValue)
    }
}

extension Failure {
    fileprivate static let argumentsMissing = Failure(
        .configuration,
        "the system did not pass the command line on, so nothing was done; dsr reads it from its own memory or from "
            + "/proc/self/cmdline: start it with at least one argument, and mount /proc where it runs"
    )
}
