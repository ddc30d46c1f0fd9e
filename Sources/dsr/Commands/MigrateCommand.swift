import ArgumentParser
import Foundation
import Store

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database schema up to date.",
        discussion: "Each step is applied in a transaction of its own, by one process at a time, and never twice."
    )

    @Flag(help: "Show the steps and which are applied, and change nothing.")
    var status = false
    @Flag(help: "Print JSON.")
    var json = false
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try await options.load()
        let store = try await configuration.connect()
        let steps: Result<[Store.MigrationStatus], StoreError>
        do throws(StoreError) {
            steps = .success(try await status ? store.migrationStatus() : store.migrate())
        } catch {
            steps = .failure(error)
        }
        await store.close()
        try show(try steps.mapError(Failure.init).get())
    }

    private func show(_ steps: [Store.MigrationStatus]) throws {
        if json {
            let lines = steps.map { step in
                "{\"version\":\(step.version),\"name\":\"\(step.name)\",\"applied_at\":"
                    + (step.appliedAt.map { "\"\($0.formatted(.iso8601))\"" } ?? "null") + "}"
            }
            Terminal.out("[\(lines.joined(separator: ","))]")
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
