import ArgumentParser
import EvidenceLog
import Foundation
import Notary
import Store
import SubjectRequests

extension EvidenceCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify the whole evidence log.",
            discussion: """
                Recomputes every hash, tile and checkpoint from the contents of the entries, compares the checkpoints in \
                the database with those in the checkpoint directory, and compares each request's row with its entries. \
                Exits with 1 if anything does not match.

                Examples:
                  dsr evidence verify
                  dsr evidence verify --key VKEY --checkpoints /mnt/checkpoints
                """
        )

        @OptionGroup var log: LogKeyOption
        @Option(
            help: ArgumentHelp("The folder of filed checkpoints. Default: evidence.directory.", valueName: "folder")
        )
        var checkpoints: String?
        @Flag(help: "Print the findings as JSON.")
        var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let configuration = try await options.load()
            let keys = try log.read(configuration)
            let directory = checkpoints.map(CheckpointDirectory.init(path:)) ?? configuration.checkpointDirectory
            let progress = ProgressLine(unit: "log entries")
            let findings = try await configuration.withStore { store in
                try await Audit(store: store, log: keys, directory: directory).run { leaves in
                    progress.update(done: leaves)
                }
            }
            progress.end()
            if json {
                try JSONOutput.print(findings, pretty: true)
            } else {
                Self.show(findings, isFiled: directory != nil)
            }
            guard findings.problemCount == 0 else {
                throw Failure(
                    .needsAction,
                    "the evidence is not valid: \(findings.problemCount.counted("problem"))"
                )
            }
        }

        private static func show(_ findings: Audit.Findings, isFiled: Bool) {
            for problem in findings.problems { Terminal.out("problem: \(problem)") }
            for adopted in findings.adopted { Terminal.out("note: \(adopted)") }
            for open in findings.open { Terminal.out("open: \(open)") }
            Terminal.out(
                "\(findings.entries.counted("log entry", "log entries")), "
                    + "\(findings.pruned.grouped) with deleted contents, \(findings.unsigned.grouped) not signed yet; "
                    + "\(findings.storedCheckpoints.counted("checkpoint")) in the database, "
                    + (isFiled
                        ? "\(findings.filedCheckpoints.grouped) in files"
                        : "none compared with files (no checkpoint directory)")
            )
            guard findings.problemCount == 0 else { return }
            Terminal.out("The evidence is valid.")
            Terminal.out(
                "Not checked: an operator who has the database, the checkpoint files and the key can rewrite the whole log. "
                    + "Only a checkpoint elsewhere, or one that a witness cosigned, shows that ('dsr evidence cosign')."
            )
        }
    }
}
