import ArgumentParser
import Foundation
import Notary
import Store

extension EvidenceCommand {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the log as files that other people's tools read (tlog-tiles)."
        )

        @Argument(help: ArgumentHelp("The folder; made where it is not there.", valueName: "folder"))
        var folder: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let written = try await options.load().withStore { store in
                try await LogExport(store: store).write(to: folder)
            }
            Terminal.out(
                "\(written.size) leaves: \(written.tiles) tiles, \(written.bundles) files of entries"
                    + (written.prunedBundles > 0
                        ? ", \(written.prunedBundles) left out whose payloads were dropped" : "")
            )
        }
    }

    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Drop payloads whose retention is over. Hashes and old receipts stay good."
        )

        @Option(help: ArgumentHelp("Leaves written before this day, UTC, as in 2023-11-23.", valueName: "day"))
        var before: String
        @Option(help: ArgumentHelp("Why: a ticket or a rule's name; kept in the evidence.", valueName: "reason"))
        var reason: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard let day = try? Date(before + "T00:00:00Z", strategy: .iso8601), day <= Date() else {
                throw Failure(.usage, "--before is a day that is over, as in 2023-11-23")
            }
            guard reason.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._:\/#\-]{0,99}/) != nil else {
                throw Failure(.usage, "--reason is a reference of up to 100 letters, digits and . _ : / # -")
            }
            let configuration = try await options.load()
            let result = try await configuration.withStore { store in
                try await store.pruneEvidence(before: day, reason: reason, actor: Actor.current)
            }
            Terminal.out("Dropped \(result.dropped) payloads, all before leaf \(result.before).")
            guard result.dropped > 0, let key = try configuration.signingKey() else { return }
            _ = try await configuration.withStore { store in
                try await Notary(store: store, key: key, directory: configuration.checkpointDirectory).sign()
            }
        }
    }
}
