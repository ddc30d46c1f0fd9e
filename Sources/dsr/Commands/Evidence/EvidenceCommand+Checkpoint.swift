import ArgumentParser
import EvidenceLog
import Foundation
import Notary
import Store

extension EvidenceCommand {
    struct SignCheckpoint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "checkpoint",
            abstract: "Sign and file a checkpoint over all log entries."
        )

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let configuration = try await options.load()
            guard let key = try configuration.signingKey() else { throw Failure.noKey }
            let checkpoint = try await configuration.withStore { store in
                try await Notary(store: store, key: key, directory: configuration.checkpointDirectory).sign()
            }
            Terminal.out(checkpoint.map { "Signed: \($0)" } ?? "The log is empty; there is nothing to sign.")
        }
    }

    struct Cosign: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "As a witness on another host, cosign the filed checkpoints.",
            discussion: """
                Signs each checkpoint that is consistent with the last one this witness signed. Needs the checkpoint \
                files, the log's verifier key and the witness's own key; no database.
                """
        )

        @Option(help: ArgumentHelp("The folder of checkpoint files.", valueName: "folder"))
        var checkpoints: String
        @Option(help: ArgumentHelp("The log's verifier key.", valueName: "vkey"))
        var log: String
        @Option(
            help: ArgumentHelp("The witness's key file, made by 'dsr evidence key --kind witness'.", valueName: "file")
        )
        var keyFile: String
        @Option(
            help: ArgumentHelp(
                "The witness's state file, with the last checkpoint it signed. Created by the first run.",
                valueName: "file"
            )
        )
        var state: String

        func run() throws {
            guard let text = try? String(contentsOfFile: keyFile, encoding: .utf8) else {
                throw Failure(.configuration, "the witness's key file cannot be read")
            }
            let key: CosigningKey
            let logKey: VerifierKey
            do throws(EvidenceLogError) {
                key = try CosigningKey(text.trimmingCharacters(in: .whitespacesAndNewlines))
                logKey = try VerifierKey(log)
            } catch {
                throw Failure(.configuration, "the key: \(error)")
            }
            do {
                let signed = try Witness(
                    key: key,
                    log: logKey,
                    directory: CheckpointDirectory(path: checkpoints),
                    state: state
                ).cosign(now: Date())
                for checkpoint in signed { Terminal.out("Signed: \(checkpoint)") }
                if signed.isEmpty { Terminal.out("No new checkpoint.") }
            } catch let error as NotaryError {
                throw Failure(error)
            } catch let error as EvidenceLogError {
                throw Failure(error)
            }
        }
    }
}
