import ArgumentParser
import AtomicFiles
import EvidenceLog
import Foundation
import Notary
import Store

extension EvidenceCommand {
    struct Receipt: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the proof of how a request ended, to be checked without a database."
        )

        @Argument(help: "The request's number.")
        var request: Int64
        @Option(
            name: [.short, .long],
            help: ArgumentHelp(
                "Where to write. Default: request-N.tlog-proof; - is standard output.",
                valueName: "file"
            )
        )
        var output: String?
        @Flag(help: "Replace the file if it is there.")
        var force = false
        @OptionGroup var log: LogKeyOption
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let configuration = try await options.load()
            let key = try log.read(configuration)
            let proof = try await configuration.withStore { store in
                try await Receipts(store: store, log: key, directory: configuration.checkpointDirectory)
                    .receipt(of: request)
            }
            let path = output ?? "request-\(request).tlog-proof"
            guard path != "-" else { return Terminal.out(proof.data) }
            do throws(AtomicFile.Failure) {
                try AtomicFile.write(proof.data, to: path, replacing: force)
            } catch {
                throw Failure(
                    .usage,
                    error.alreadyExists ? "the file is there; --force replaces it" : "the receipt: \(error)"
                )
            }
            Terminal.out(path)
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a receipt, with nothing but the log's verifier key.",
            discussion: "Needs no database and no network."
        )

        @Argument(help: ArgumentHelp("The receipt; - is standard input.", valueName: "file"))
        var file: String
        @Option(help: ArgumentHelp("The log's verifier key, as 'dsr evidence key' printed it.", valueName: "vkey"))
        var key: String
        @Option(
            help: ArgumentHelp(
                "A witness's verifier key that must have signed too; may be given several times.",
                valueName: "vkey"
            )
        )
        var witness: [String] = []

        func run() throws {
            let content =
                file == "-"
                ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: file)
            guard let content else { throw Failure(.usage, "the receipt cannot be read") }
            let policy: LogPolicy
            do throws(EvidenceLogError) {
                var witnesses: [VerifierKey] = []
                for text in witness { witnesses.append(try VerifierKey(text)) }
                policy = try LogPolicy(log: VerifierKey(key), witnesses: witnesses)
            } catch {
                throw Failure(.needsAction, "the verifier key does not hold: \(error)")
            }
            do {
                let proof = try LogProof(content)
                guard let leaf = proof.extra else { throw Failure.noLeaf }
                let verified = try proof.verify(leaf: .leaf(leaf), policy: policy)
                Terminal.out(String(decoding: leaf, as: UTF8.self))
                Terminal.out("Holds: leaf \(verified.index) of \(verified.checkpoint)")
            } catch let error as EvidenceLogError {
                throw Failure(.needsAction, "the receipt does not hold: \(error)")
            }
        }
    }
}
