import ArgumentParser
import Store
import SubjectRequests

extension EvidenceCommand {
    struct RemoveUnsigned: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove-unsigned",
            abstract: "Remove checkpoints that the log's key has not signed, so that signing goes on.",
            discussion: """
                For the owner of the schema. A checkpoint in the database that is not the log's stops the signing; \
                'dsr evidence verify' names it with its size. Checkpoints of that size or more are removed unless they were \
                filed, and tiles that do not match the log are corrected. A log entry says so.

                Examples:
                  dsr evidence remove-unsigned --from 999999 --ticket T-1
                """
        )

        @Option(help: ArgumentHelp("The size of the first checkpoint to remove.", valueName: "size"))
        var from: Int64
        @Option(help: ArgumentHelp("The ticket of the removal; kept in the evidence.", valueName: "reference"))
        var ticket: String
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard from > 0 else { throw ValidationError("--from must be at least 1") }
        }

        func run() async throws {
            try TicketOption.check(ticket)
            let configuration = try await options.load()
            let author = Author.Operator(
                name: CurrentUser.name,
                environment: try configuration.environment(),
                version: Version.current
            )
            let removed = try await configuration.withStore { store in
                try await store.removeUnsigned(from: from, ticket: ticket, by: author)
            }
            Terminal.out("Removed: \(removed.counted("checkpoint")).")
        }
    }
}
