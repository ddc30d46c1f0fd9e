import ArgumentParser
import Foundation
import Notary
import Store
import SubjectRequests

extension EvidenceCommand {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the evidence log as files in the tlog-tiles format, which other tools read.",
            discussion: """
                Examples:
                  dsr evidence export /var/lib/dsr/log
                """
        )

        @Argument(help: ArgumentHelp("The folder; created if it does not exist.", valueName: "folder"))
        var folder: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let written = try await options.load().withStore { store in
                try await LogExport(store: store).write(to: folder)
            }
            Terminal.out(
                "\(written.size.counted("log entry", "log entries")): \(written.tiles.counted("tile")), "
                    + written.bundles.counted("file of entries", "files of entries")
                    + (written.prunedBundles > 0
                        ? "; \(written.prunedBundles.grouped) omitted, since contents were deleted" : "")
            )
        }
    }

    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete the contents of log entries after their retention. Hashes and receipts stay valid.",
            discussion: """
                Examples:
                  dsr evidence prune --before 2023-11-23 --reason T-1
                """
        )

        @Option(help: ArgumentHelp("Entries written before this day in UTC, for example 2023-11-23.", valueName: "day"))
        var before: String
        @Option(help: ArgumentHelp("A ticket or the name of a rule; kept in the evidence.", valueName: "reference"))
        var reason: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard let day = Date(exactly: before + "T00:00:00Z"), day <= Date() else {
                throw Failure(.usage, "--before must be a day in the past, for example 2023-11-23")
            }
            try TicketOption.check(reason, option: "--reason")
            let configuration = try await options.load()
            let result = try await configuration.withStore { store in
                try await store.pruneEvidence(before: day, reason: reason, actor: CurrentUser.name)
            }
            Terminal.out(
                "Deleted the contents of \(result.dropped.counted("log entry", "log entries")) before entry "
                    + "\(result.before)."
            )
            guard result.dropped > 0, let key = try configuration.signingKey() else { return }
            let signed = try await configuration.withStore { store in
                try await Notary(store: store, key: key, directory: configuration.checkpointDirectory).sign()
            }
            try signed?.throwUnlessFiled()
        }
    }
}
