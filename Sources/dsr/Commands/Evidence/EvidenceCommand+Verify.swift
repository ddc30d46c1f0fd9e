import ArgumentParser
import EvidenceLog
import Foundation
import Notary
import Store

extension EvidenceCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read the whole log again and say what does not hold.",
            discussion: """
                Recomputes every hash, tile and signed head from the leaves' bytes, compares the heads in the database \
                and in the checkpoint directory, and each request's row with its leaves. Exits 1 where anything does \
                not hold.
                """
        )

        @OptionGroup var log: LogKeyOption
        @Option(help: ArgumentHelp("Where heads are filed. Default: DSR_EVIDENCE_DIRECTORY.", valueName: "folder"))
        var checkpoints: String?
        @Flag(help: "Print the findings as JSON.")
        var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let configuration = try await options.load()
            let key = try log.read(configuration)
            let directory = checkpoints.map(CheckpointDirectory.init(path:)) ?? configuration.checkpointDirectory
            let progress = ProgressLine(unit: "leaves")
            let findings = try await configuration.withStore { store in
                try await Audit(store: store, log: key, directory: directory).run { leaves in
                    progress.update(done: leaves)
                }
            }
            progress.end()
            if json {
                Terminal.out(String(decoding: try RequestJSON.encoder(pretty: true).encode(findings), as: UTF8.self))
            } else {
                Self.show(findings, isFiled: directory != nil)
            }
            guard findings.problemCount == 0 else {
                throw Failure(.needsAction, "the evidence does not hold: \(findings.problemCount) findings")
            }
        }

        private static func show(_ findings: Audit.Findings, isFiled: Bool) {
            for problem in findings.problems { Terminal.out("does not hold: \(problem)") }
            for open in findings.open { Terminal.out("open: \(open)") }
            Terminal.out(
                "\(findings.leaves) leaves, \(findings.pruned) without payload, \(findings.unsigned) not signed yet; "
                    + "\(findings.storedHeads) heads in the database, "
                    + (isFiled
                        ? "\(findings.filedHeads) in files" : "none compared with files (no checkpoint directory)")
            )
            if findings.problemCount == 0 { Terminal.out("Everything holds.") }
        }
    }
}
