import ArgumentParser
import EvidenceLog
import Foundation
import Notary

extension EvidenceCommand {
    struct Cosign: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run as a witness: cosign filed checkpoints that are consistent with the last one.",
            discussion: """
                Runs on another host. Needs the checkpoint files, the log's verifier key and the witness's own key, and \
                no database.

                Examples:
                  dsr evidence cosign --checkpoints /mnt/checkpoints --log VKEY \\
                    --key-file witness.key --state witness.state
                """
        )

        @Option(help: ArgumentHelp("The folder of checkpoint files.", valueName: "folder"))
        var checkpoints: String
        @Option(
            help: ArgumentHelp(
                "The log's verifier key. May be repeated, for a log whose key was replaced.",
                valueName: "vkey"
            )
        )
        var log: [String]
        @Option(
            help: ArgumentHelp("The witness's key file, made by 'dsr evidence key --kind witness'.", valueName: "file")
        )
        var keyFile: String
        @Option(help: ArgumentHelp("The file with the checkpoint that the witness signed last.", valueName: "file"))
        var state: String

        func run() throws {
            let witness = Witness(
                key: try key(),
                logs: try log.map { try VerifierKey(option: "--log", $0) },
                directory: CheckpointDirectory(path: checkpoints),
                state: state
            )
            let signed = try witness.cosign(now: Date())
            for checkpoint in signed { Terminal.out("Signed: \(checkpoint)") }
            if signed.isEmpty { Terminal.out("No new checkpoint.") }
        }

        private func key() throws -> CosigningKey {
            guard let content = try InputFile.readPrivate(keyFile, as: "the key file"),
                let text = String(validating: content, as: UTF8.self)
            else {
                throw Failure(.configuration, "the file that --key-file names cannot be read")
            }
            do {
                return try CosigningKey(text.trimmingCharacters(in: .whitespacesAndNewlines))
            } catch {
                throw Failure(.configuration, "--key-file must be a key made by 'dsr evidence key': \(error)")
            }
        }
    }
}
