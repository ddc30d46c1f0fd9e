import ArgumentParser
import AtomicFiles
import EvidenceLog
import Foundation
import Notary
import Processor
import Store

extension EvidenceCommand {
    struct Key: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key: the log's signing key, a witness's key, or the subject key.",
            discussion: """
                Writes a new file with mode 0600. For the log and a witness, it prints the verifier key: give it to \
                everyone who verifies evidence. Do not store keys in the database.

                With --replaces, the new log key takes over the log of the old one: a log entry says so, and both keys \
                sign a checkpoint over it. If the old key is lost, give its verifier key instead of its file, and \
                --ticket. Then configure the new key on all hosts, and give its verifier key to everyone who verifies.

                Examples:
                  dsr evidence key /etc/dsr/log.key --name example.com/dsr
                  dsr evidence key /etc/dsr/log-2.key --replaces /etc/dsr/log.key
                  dsr evidence key /etc/dsr/log-2.key --replaces VKEY --ticket T-1
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
        @Option(
            help: ArgumentHelp(
                "The file of the log key that the new one replaces, or its verifier key if the file is lost.",
                valueName: "old"
            )
        )
        var replaces: String?
        @Option(
            help: ArgumentHelp("The ticket of the replacement; kept in the evidence.", valueName: "reference")
        )
        var ticket: String?
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard let replaces else {
                guard ticket == nil else { throw Failure(.usage, "--ticket needs --replaces") }
                let (secret, verifier) = try make()
                try write(secret)
                if let verifier { Terminal.out(verifier) }
                return
            }
            guard kind == .log else { throw Failure(.usage, "--replaces is for the log's key") }
            if let ticket { try TicketOption.check(ticket) }
            try await replace(try OldLogKey(replaces))
        }

        private func write(_ secret: String) throws {
            do {
                try AtomicFile.write(Data((secret + "\n").utf8), to: file, replacing: false)
            } catch  where error.alreadyExists {
                throw Failure(.usage, "file exists; keys are never overwritten")
            } catch {
                throw Failure(.usage, "cannot write the key file: \(error)")
            }
        }

        // MARK: - Replacing

        private func replace(_ old: OldLogKey) async throws {
            guard name == nil || name == old.verifier.name.description else {
                throw Failure(.usage, "a key that replaces another one has its name, \(old.verifier.name)")
            }
            if case .lost = old, ticket == nil {
                throw Failure(.usage, "--ticket is required to replace a lost key")
            }
            let configuration = try await options.load()
            let new = try newKey(old.verifier.name)
            let signed = try await configuration.withStore { store in
                let directory = configuration.checkpointDirectory
                let handover =
                    switch old {
                    case .file(let key): Handover(store: store, from: key, to: new, directory: directory)
                    case .lost(let key): Handover(store: store, fromLost: key, to: new, directory: directory)
                    }
                return try await handover.perform(ticket: ticket, actor: CurrentUser.name, version: Version.current)
            }
            Terminal.out("\(new.verifierKey)")
            Terminal.note("Signed: \(signed.checkpoint)")
            try signed.throwUnlessFiled()
        }

        /// The key in the new file, which an interrupted replacement may have written before.
        private func newKey(_ name: KeyName) throws -> SigningKey {
            guard let content = InputFile.read(file) else {
                let key = SigningKey(generating: name)
                try write(key.secretText)
                return key
            }
            let text = String(decoding: content, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            guard let key = try? SigningKey(text), key.verifierKey.name == name else {
                throw Failure(.usage, "file exists, and is not a log key named \(name); keys are never overwritten")
            }
            return key
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

/// The log key that a new one replaces.
private enum OldLogKey {
    case file(SigningKey)
    /// The file is lost; this is its verifier key.
    case lost(VerifierKey)

    /// - Parameter text: A verifier key, or else the path of a key file.
    init(_ text: String) throws {
        if let verifier = try? VerifierKey(text) {
            self = .lost(verifier)
            return
        }
        guard let content = InputFile.read(text) else {
            throw Failure(.usage, "the file that --replaces names cannot be read; if it is lost, give its verifier key")
        }
        do {
            self = .file(
                try SigningKey(String(decoding: content, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
            )
        } catch {
            throw Failure(.usage, "--replaces must be the file of a log key, or a verifier key: \(error)")
        }
    }

    var verifier: VerifierKey {
        switch self {
        case .file(let key): key.verifierKey
        case .lost(let key): key
        }
    }
}
