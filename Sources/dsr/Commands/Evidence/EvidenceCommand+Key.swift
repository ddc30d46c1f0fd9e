import ArgumentParser
import AtomicFiles
import EvidenceLog
import Foundation
import Processor
import Store

extension EvidenceCommand {
    struct Key: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key: the log's signing key, a witness's key, or the subject key.",
            discussion: """
                Writes a new file with mode 0600. For the log and a witness, it prints the verifier key: give it to \
                everyone who verifies evidence. Do not store keys in the database.

                Examples:
                  dsr evidence key /etc/dsr/log.key --name example.com/dsr
                  dsr evidence key /etc/dsr/subject.key --kind subject
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
                "The name of the log or witness without spaces and plus signs, for example example.com/dsr.",
                valueName: "name"
            )
        )
        var name: String?

        func run() throws {
            let (secret, verifier) = try make()
            do {
                try AtomicFile.write(Data((secret + "\n").utf8), to: file, replacing: false)
            } catch  where error.alreadyExists {
                throw Failure(.usage, "file exists; keys are never overwritten")
            } catch {
                throw Failure(.usage, "cannot write the key file: \(error)")
            }
            if let verifier { Terminal.out(verifier) }
        }

        private func make() throws -> (secret: String, verifier: String?) {
            guard kind != .subject else { return (SubjectKey().hexadecimal, nil) }
            guard let name else { throw Failure(.usage, "--name is required, for example example.com/dsr") }
            let keyName: KeyName
            do {
                keyName = try KeyName(name)
            } catch {
                throw Failure(.usage, "--name: \(error)")
            }
            if kind == .log {
                let key = SigningKey(generating: keyName)
                return (key.secretText, "\(key.verifierKey)")
            }
            let key = CosigningKey(generating: keyName)
            return (key.secretText, "\(key.verifierKey)")
        }
    }
}
