import ArgumentParser
import EvidenceLog
import Foundation
import Notary
import Reports
import Store

extension EvidenceCommand {
    struct Receipt: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the proof of how a request ended. It can be checked without a database.",
            discussion: """
                Examples:
                  dsr evidence receipt 694
                  dsr evidence receipt 694 --output -
                """
        )

        @Argument(help: "The number of the request.")
        var request: Int64
        @Option(
            name: [.short, .long],
            help: ArgumentHelp(
                "The output, or - for standard output. Default: ID-request-N.tlog-proof with the database's id.",
                valueName: "file"
            )
        )
        var output: String?
        @Flag(help: "Replace an existing file.")
        var force = false
        @OptionGroup var log: LogKeyOption
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let configuration = try await options.load()
            let key = try log.read(configuration)
            let (proof, name) = try await configuration.withStore { store in
                (
                    try await Receipts(store: store, log: key, directory: configuration.checkpointDirectory)
                        .receipt(of: request),
                    DocumentNames(databaseID: try await store.deployment().databaseID).receipt(of: request)
                )
            }
            let path = output ?? name
            try OutputFile.write(proof.data, to: path, replacing: force)
            if path != "-" { Terminal.out(path) }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a receipt with the log's verifier key alone.",
            discussion: """
                Needs no database and no network.

                Examples:
                  dsr evidence check 4ed110-request-694.tlog-proof --key VKEY
                """
        )

        @Argument(help: ArgumentHelp("The receipt, or - for standard input.", valueName: "file"))
        var file: String
        @Option(
            help: ArgumentHelp(
                "The log's verifier key, as printed by 'dsr evidence key'. May be repeated, for a log whose key was "
                    + "replaced.",
                valueName: "vkey"
            )
        )
        var key: [String]
        @Option(
            help: ArgumentHelp(
                "The verifier key of a witness whose cosignature is required. May be repeated.",
                valueName: "vkey"
            )
        )
        var witness: [String] = []

        func run() throws {
            guard let content = InputFile.read(file) else { throw Failure(.usage, "the receipt cannot be read") }
            let logs = try key.map { try VerifierKey(option: "--key", $0) }
            let witnesses = try witness.map { try VerifierKey(option: "--witness", witness: $0, logs: logs) }
            if let damage = LogProof.damage(of: content) {
                throw Failure(
                    .needsAction,
                    "the receipt is damaged, and was not checked; that is no sign of forgery: a mail program or an editor "
                        + "has changed the file: \(damage.description). Ask for it again, as an attachment that is not "
                        + "converted"
                )
            }
            do {
                let policy = try LogPolicy(logs: logs, witnesses: witnesses)
                let proof = try LogProof(content)
                guard let entry = proof.extra else { throw Failure(.needsAction, "the receipt holds no log entry") }
                let verified = try proof.verify(leaf: .leaf(entry), policy: policy)
                Terminal.out(String(decoding: entry, as: UTF8.self))
                Terminal.out("Valid: log entry \(verified.index) of \(verified.checkpoint)")
            } catch let error as EvidenceLogError {
                throw Failure(.needsAction, "the receipt is not valid: \(error)")
            }
        }
    }
}
