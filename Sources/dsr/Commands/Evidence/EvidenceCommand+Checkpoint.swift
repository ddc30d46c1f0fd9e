import ArgumentParser
import EvidenceLog
import Foundation
import Notary
import Store

extension EvidenceCommand {
    struct SignCheckpoint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "checkpoint",
            abstract: "Integrate what is new, sign the head and file it, now."
        )

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let configuration = try await options.load()
            guard let key = try configuration.signingKey() else { throw Failure.noKey }
            let head = try await configuration.withStore { store in
                try await Notary(store: store, key: key, directory: configuration.checkpointDirectory).sign()
            }
            Terminal.out(head.map { "Signed: \($0)" } ?? "The log is empty; there is nothing to sign.")
        }
    }

    struct Cosign: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "As a witness on another host: sign the filed heads that continue what was signed before.",
            discussion: "Needs the checkpoint files, the log's verifier key and the witness's own key; no database."
        )

        @Option(help: ArgumentHelp("The folder of checkpoint files.", valueName: "folder"))
        var checkpoints: String
        @Option(help: ArgumentHelp("The log's verifier key.", valueName: "vkey"))
        var log: String
        @Option(
            help: ArgumentHelp("The witness's key file, made by 'dsr evidence key --kind witness'.", valueName: "file")
        )
        var keyFile: String
        @Option(help: ArgumentHelp("The file in which the witness keeps what it signed last.", valueName: "file"))
        var memory: String

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
            do throws(NotaryError) {
                let signed = try Cosigner(
                    key: key,
                    log: logKey,
                    directory: CheckpointDirectory(path: checkpoints),
                    memory: memory
                ).cosign(now: Date())
                for head in signed { Terminal.out("Signed: \(head)") }
                if signed.isEmpty { Terminal.out("No new head.") }
            } catch {
                throw Failure(error)
            }
        }
    }
}
