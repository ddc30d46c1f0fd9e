import ArgumentParser
import EvidenceLog
import Foundation
import Notary
import Store

extension EvidenceCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify the whole log and list what does not match.",
            discussion: """
                Recomputes all hashes, tiles and roots from the log entries, compares them with the checkpoints in the \
                database and in the checkpoint directory, and compares each request's row with its log entries. \
                Exits 1 if anything does not match.
                """
        )

        @OptionGroup var log: LogKeyOption
        @Option(help: ArgumentHelp("The checkpoint files. Default: DSR_EVIDENCE_DIRECTORY.", valueName: "folder"))
        var checkpoints: String?
        @Flag(help: "Print the findings as JSON.")
        var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let configuration = try await options.load()
            let key = try log.read(configuration)
            let directory = checkpoints.map(CheckpointDirectory.init(path:)) ?? configuration.checkpointDirectory
            let progress = ProgressLine(unit: "log entries")
            let findings = try await configuration.withStore { store in
                try await Audit(store: store, log: key, directory: directory).run { entries in
                    progress.update(done: entries)
                }
            }
            progress.end()
            if json {
                Terminal.out(String(decoding: try RequestJSON.encoder(pretty: true).encode(findings), as: UTF8.self))
            } else {
                Self.show(findings, isFiled: directory != nil)
            }
            guard findings.problemCount == 0 else {
                throw Failure(.needsAPerson, "the evidence log does not match; problems: \(findings.problemCount)")
            }
        }

        private static func show(_ findings: Audit.Findings, isFiled: Bool) {
            for problem in findings.problems { Terminal.out("problem: \(problem)") }
            for open in findings.open { Terminal.out("open: \(open)") }
            Terminal.out(
                "\(findings.entries) log entries, \(findings.pruned) without content, \(findings.unsigned) not signed yet; "
                    + "\(findings.storedCheckpoints) checkpoints in the database, "
                    + (isFiled ? "\(findings.filedCheckpoints) in files" : "no checkpoint directory to compare with")
            )
            if findings.problemCount == 0 { Terminal.out("The evidence log is valid.") }
        }
    }
}
