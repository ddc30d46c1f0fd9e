import ArgumentParser
import Foundation
import Store

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Update the database schema.",
        discussion: """
            Each step is applied once, in its own transaction. Several processes may start it at the same time.

            Examples:
              dsr migrate --status
              dsr migrate
            """
    )

    @Flag(help: "Show the steps and whether they are applied. Changes nothing.")
    var status = false
    @Flag(help: "Print JSON.")
    var json = false
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let steps = try await options.load().withDatabase { store in
            try await status ? store.migrationStatus() : store.migrate()
        }
        if json {
            try JSONOutput.print(steps.map(StepJSON.init))
        } else if status {
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

/// A step for programs.
private struct StepJSON: Encodable {
    let version: Int, name: String, appliedAt: Nullable<Date>

    init(_ step: MigrationStatus) {
        version = step.version
        name = step.name
        appliedAt = Nullable(step.appliedAt)
    }
}
