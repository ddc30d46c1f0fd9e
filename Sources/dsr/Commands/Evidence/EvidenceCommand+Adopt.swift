import ArgumentParser
import EvidenceLog
import Foundation
import Notary
import Store
import SubjectRequests

extension EvidenceCommand {
    struct Adopt: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Accept that the database was restored from a backup, or that checkpoint files are lost.",
            discussion: """
                Signing and filing stop when the database and the checkpoint files do not match. After you have found \
                the cause, this command writes a log entry that names the break, and signs again. Files with checkpoints \
                that the restored database does not know are moved to a folder in the checkpoint directory; none is \
                deleted. A log that was rewritten is not accepted. See docs/recovery.md.

                Examples:
                  dsr evidence adopt --ticket T-1
                """
        )

        @Option(help: ArgumentHelp("The ticket of the recovery; kept in the evidence.", valueName: "reference"))
        var ticket: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try TicketOption.check(ticket)
            let configuration = try await options.load()
            guard let key = try configuration.signingKey() else { throw Failure.noKey }
            guard let directory = configuration.checkpointDirectory else {
                throw Failure(.configuration, "\(EvidenceSettings.directory.name) must be set")
            }
            let (adopted, signed) = try await configuration.withStore { store in
                let adopted = try await Adoption(store: store, log: [key.verifierKey], directory: directory)
                    .adopt(ticket: ticket, actor: CurrentUser.name, version: Version.current)
                Self.show(adopted)
                return (adopted, try await Notary(store: store, key: key, directory: directory).sign())
            }
            guard let signed else {
                throw Failure(.needsAction, "log entry \(adopted.entry) is written and not signed")
            }
            Terminal.out("Signed: \(signed.checkpoint)")
            try signed.throwUnlessFiled()
        }

        private static func show(_ adopted: Adoption.Adopted) {
            Terminal.out(
                "Log entry \(adopted.entry) states the break; database and files agree up to entry \(adopted.from)."
            )
            if let folder = adopted.folder {
                let files = adopted.abandoned.count.counted("abandoned checkpoint")
                Terminal.out("Moved to \(folder): \(files), up to size \((adopted.abandoned.last ?? 0).grouped).")
            }
            if !adopted.lost.isEmpty {
                let files = adopted.lost.count.counted("checkpoint")
                Terminal.out("Marked as lost: the files of \(files), up to size \((adopted.lost.last ?? 0).grouped).")
            }
        }
    }
}
