import ArgumentParser
import Foundation
import Processor
import Store
import SubjectRequests

extension RequestsCommand {
    struct ApproveReplays: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "approve-replays",
            abstract: "Approve the erasures that another operator repeats with one 'dsr replay'.",
            discussion: """
                Approves all erasures of the replay that wait for it, in one decision for each. The customers were decided on \
                the first time; what is approved is that they are erased again.

                Examples:
                  dsr requests approve-replays --since 2026-03-05T10:00:00Z --ticket T-1
                """
        )

        @Option(help: ArgumentHelp("The instant of the replay, as it was given to it.", valueName: "instant"))
        var since: String
        @OptionGroup var justification: JustificationOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard let instant = try? Date(since, strategy: .iso8601) else {
                throw Failure(.usage, "--since must be the instant of the replay, for example 2026-03-05T10:00:00Z")
            }
            let justification = try justification.read()
            let configuration = try await options.load()
            let settings = try configuration.processor(actor: CurrentUser.name)
            let approved = try await configuration.withQueue { store in
                try await store.approveReplays(since: instant, because: justification, by: settings.operator)
            }
            Terminal.out("Approved: \(approved.counted("repeated erasure")).")
        }
    }
}
