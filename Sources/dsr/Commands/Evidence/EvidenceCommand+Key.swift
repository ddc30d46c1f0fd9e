import ArgumentParser
import AtomicFiles
import EvidenceLog
import Foundation
import Processor

extension EvidenceCommand {
    struct Key: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key: the log's signing key, a witness's, or the subject key.",
            discussion: """
                The file is new and for its owner only. For the log and a witness the verifier key is printed: give it \
                to whoever is to check. The key must not be kept in the database.
                """
        )

        enum Kind: String, ExpressibleByArgument, CaseIterable {
            case log
            case witness
            case subject
        }

        @Argument(help: ArgumentHelp("The new file.", valueName: "file"))
        var file: String
        @Option(help: "What the key is for: \(Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
        var kind = Kind.log
        @Option(
            help: ArgumentHelp(
                "The log's or witness's name, without spaces and plus signs, as in example.com/dsr. It becomes the log's origin.",
                valueName: "name"
            )
        )
        var name: String?

        func run() throws {
            let (secret, verifier) = try make()
            do throws(AtomicFile.Failure) {
                try AtomicFile.write(Data((secret + "\n").utf8), to: file, replacing: false)
            } catch {
                throw Failure(
                    .usage,
                    error.alreadyExists ? "the file is there; a key is never replaced" : "the key file: \(error)"
                )
            }
            if let verifier { Terminal.out(verifier) }
        }

        private func make() throws -> (secret: String, verifier: String?) {
            guard kind != .subject else { return (SubjectKey().hexadecimal, nil) }
            guard let name else { throw Failure(.usage, "--name is needed; it looks like example.com/dsr") }
            do {
                let keyName = try KeyName(name)
                if kind == .log {
                    let key = SigningKey(generating: keyName)
                    return (key.secretText, "\(key.verifierKey)")
                }
                let key = CosigningKey(generating: keyName)
                return (key.secretText, "\(key.verifierKey)")
            } catch {
                throw Failure(.usage, "--name: \(error)")
            }
        }
    }
}
