import ArgumentParser
import EvidenceLog
import Foundation
import Notary
import Store

extension EvidenceCommand {
    struct SignCheckpoint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "checkpoint",
            abstract: "Add new entries to the evidence log, sign a checkpoint and file it.",
            discussion: """
                Examples:
                  dsr evidence checkpoint
                """
        )

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let configuration = try await options.load()
            guard let key = try configuration.signingKey() else { throw Failure.noKey }
            let signed = try await configuration.withStore { store in
                try await Notary(store: store, key: key, directory: configuration.checkpointDirectory).sign()
            }
            guard let signed else { return Terminal.out("The log is empty; there is nothing to sign.") }
            Terminal.out("Signed: \(signed.checkpoint)")
            try signed.throwUnlessFiled()
        }
    }
}

extension Notary.Signed {
    /// Ends the command with 1 where the checkpoint is signed and not filed.
    func throwUnlessFiled() throws {
        guard let filingFailure else { return }
        throw Failure(.needsAction, "the checkpoint is signed and not filed: \(filingFailure)")
    }
}
