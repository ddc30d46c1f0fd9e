import ArgumentParser
import Foundation
import Processor
import Store
import SubjectRequests
import TalonOne

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Update the database schema.",
        discussion: """
            Each step is applied once, in its own transaction. Several processes may start it at the same time.

            A queue belongs to one environment on one API host: to those of --environment, or of the first run. Commands \
            that act on the queue end with exit code 78 where the configuration says otherwise. --repin moves the queue, and \
            logs that in the evidence.

            Examples:
              dsr migrate --status
              dsr migrate --environment live
              dsr migrate --repin --host shop.europe-west1.talon.one --ticket T-1
            """
    )

    @Flag(help: "Show the steps and whether they are applied. Changes nothing.")
    var status = false
    @Option(
        help: ArgumentHelp(
            "The environment that the queue belongs to: live or sandbox. With --repin, the default is the configured one.",
            valueName: "name"
        )
    )
    var environment: Environment?
    @Option(
        help: ArgumentHelp("The API host that the queue belongs to. Default: that of the base URL.", valueName: "host")
    )
    var host: String?
    @Flag(help: "Move the queue to another environment or host.")
    var repin = false
    @Option(help: ArgumentHelp("The ticket of the move; kept in the evidence.", valueName: "reference"))
    var ticket: String?
    @Flag(help: "Print JSON.")
    var json = false
    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        guard !repin || ticket != nil else { throw ValidationError("--repin needs --ticket") }
        guard repin || ticket == nil else { throw ValidationError("--ticket is only for --repin") }
        guard repin || host == nil || environment != nil else { throw ValidationError("--host needs --environment") }
        guard !status || (!repin && environment == nil) else {
            throw ValidationError("--status changes nothing; leave out --environment and --repin")
        }
    }

    func run() async throws {
        try TicketOption.check(ticket)
        let configuration = try await options.load()
        let deployment = try deployment(configuration)
        let (steps, pinned, writable) = try await configuration.withDatabase { store in
            let steps = try await status ? store.migrationStatus() : store.migrate()
            if let deployment {
                if repin, let ticket {
                    try await store.repin(deployment, ticket: ticket, by: .current(in: deployment.environment))
                } else {
                    try await store.pin(deployment)
                }
            }
            for warning in try await store.serverLogWarnings() { Terminal.warn(warning) }
            let isCurrent = !status || steps.allSatisfy { $0.appliedAt != nil }
            return (steps, isCurrent ? try await store.deployment() : nil, try await store.writableSchemas())
        }
        for schema in writable {
            Terminal.warn(
                "everybody who can connect may create objects in the schema \(schema), under names that programs look up "
                    + "there. dsr does not; revoke it for the others: 'revoke create on schema \(schema) from public'."
            )
        }
        if json { return try JSONOutput.print(steps.map(StepJSON.init)) }
        show(steps)
        if let pinned, status || deployment != nil {
            Terminal.out(
                "Database \(pinned.databaseID) belongs to \(pinned.deployment?.description ?? "no environment yet")."
            )
        }
    }

    /// The deployment that the queue is to belong to; `nil` where nothing is said about it.
    private func deployment(_ configuration: DsrConfiguration) throws -> Deployment? {
        guard repin || environment != nil else { return nil }
        let host = try host.map { try TalonOneConfiguration.host(ofBaseURL: "https://\($0)") } ?? configuration.host()
        guard let host else {
            throw Failure(
                .configuration,
                "no base URL is configured; give --host, or set \(TalonOneSettings.baseURL.name)"
            )
        }
        return Deployment(environment: try environment ?? configuration.environment(), host: host)
    }

    private func show(_ steps: [MigrationStatus]) {
        if status {
            var table = Table(["step", "name", "applied"])
            table.rows = steps.map { step in
                [String(step.version), step.name, step.appliedAt?.formatted(.iso8601) ?? "no"]
            }
            table.print()
        } else if steps.isEmpty {
            Terminal.out("The schema is up to date.")
        } else {
            for step in steps { Terminal.out("Applied step \(step.version), \(step.name).") }
        }
    }
}

extension Author.Operator {
    /// The operator who uses this command.
    fileprivate static func current(in environment: Environment) -> Author.Operator {
        Author.Operator(name: CurrentUser.name, environment: environment, version: Version.current)
    }
}

/// A step for programs.
private struct StepJSON: Encodable {
    let version: Int, name: String, appliedAt: Nullable<Date>

    init(_ step: MigrationStatus) {
        version = step.version
        name = step.name
        appliedAt = Nullable(step.appliedAt)
    }
}
