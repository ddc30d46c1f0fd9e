import ArgumentParser
import AtomicFiles
import EvidenceLog
import Foundation
import Notary
import Processor
import Store
import SubjectRequests

struct EvidenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "The evidence log: sign it, check it, prove from it.",
        subcommands: [
            Key.self, SignCheckpoint.self, Verify.self, Receipt.self, Check.self, Prove.self, Export.self, Prune.self,
            Cosign.self,
        ]
    )

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

        private func make() throws(Failure) -> (secret: String, verifier: String?) {
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
                do throws(NotaryError) {
                    return try await Notary(store: store, key: key, directory: configuration.checkpointDirectory).sign()
                } catch {
                    throw Failure(error)
                }
            }
            Terminal.out(head.map { "Signed: \($0)" } ?? "The log is empty; there is nothing to sign.")
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read the whole log again and say what does not hold.",
            discussion: """
                Recomputes every hash, tile and signed head from the leaves' bytes, compares the heads in the database \
                and in the checkpoint directory, and each request's row with its leaves. Exits 1 where anything does \
                not hold.
                """
        )

        @OptionGroup var log: LogKeyOption
        @Option(help: ArgumentHelp("Where heads are filed. Default: DSR_EVIDENCE_DIRECTORY.", valueName: "folder"))
        var checkpoints: String?
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let configuration = try await options.load()
            let key = try log.read(configuration)
            let directory = checkpoints.map(CheckpointDirectory.init(path:)) ?? configuration.checkpointDirectory
            let progress = ProgressLine(unit: "leaves")
            let findings = try await configuration.withStore { store in
                do throws(NotaryError) {
                    return try await Audit(store: store, log: key, directory: directory).run { leaves in
                        progress.update(done: leaves)
                    }
                } catch {
                    throw Failure(error)
                }
            }
            progress.end()
            Self.show(findings, isFiled: directory != nil)
            guard findings.problemCount == 0 else {
                throw Failure(.needsAPerson, "the evidence does not hold: \(findings.problemCount) findings")
            }
        }

        private static func show(_ findings: Audit.Findings, isFiled: Bool) {
            for problem in findings.problems { Terminal.out("does not hold: \(problem)") }
            for open in findings.open { Terminal.out("open: \(open)") }
            Terminal.out(
                "\(findings.leaves) leaves, \(findings.pruned) without payload, \(findings.unsigned) not signed yet; "
                    + "\(findings.storedHeads) heads in the database, "
                    + (isFiled
                        ? "\(findings.filedHeads) in files" : "none compared with files (no checkpoint directory)")
            )
            if findings.problemCount == 0 { Terminal.out("Everything holds.") }
        }
    }

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
                do throws(NotaryError) {
                    return try await Receipts(store: store, log: key, directory: configuration.checkpointDirectory)
                        .receipt(of: request)
                } catch {
                    throw Failure(error)
                }
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
                throw Failure(.usage, "the verifier key: \(error)")
            }
            do {
                let proof = try LogProof(content)
                guard let leaf = proof.extra else { throw Failure.noLeaf }
                let verified = try proof.verify(leaf: .leaf(leaf), policy: policy)
                Terminal.out(String(decoding: leaf, as: UTF8.self))
                Terminal.out("Holds: leaf \(verified.index) of \(verified.checkpoint)")
            } catch let error as EvidenceLogError {
                throw Failure(.needsAPerson, "the receipt does not hold: \(error)")
            }
        }
    }

    struct Prove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Did we erase this person, when, and with what outcome?",
            discussion:
                "Finds the person's requests by keyed digest; needs the subject key with which they were admitted."
        )

        @Option(
            help: ArgumentHelp(
                "The customer's integrationId, or - to read it from standard input.",
                valueName: "integration-id"
            )
        )
        var subject: String
        @OptionGroup var log: LogKeyOption
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let configuration = try await options.load()
            guard let subjectKey = try configuration.subjectKey() else {
                throw Failure(
                    .configuration,
                    "no subject key: set DSR_SUBJECT_KEY_FILE to the key with which requests were admitted"
                )
            }
            let key = try log.read(configuration)
            let person: SubjectID
            do {
                person = try SubjectID(subject == "-" ? readLine(strippingNewline: true) ?? "" : subject)
            } catch {
                throw Failure(.usage, error.reason)
            }
            let lines = try await configuration.withStore { store in
                let receipts = Receipts(store: store, log: key, directory: configuration.checkpointDirectory)
                var lines: [String] = []
                for id in try await store.requests(ofSubject: subjectKey.digest(of: person)) {
                    guard let request = try await store.requests(state: nil, only: id, limit: 1).first else { continue }
                    lines.append("\(Self.line(request)) \(await Self.proof(of: id, receipts))")
                }
                return lines
            }
            guard !lines.isEmpty else {
                throw Failure(.needsAPerson, "no request of this person was admitted under this subject key")
            }
            for line in lines { Terminal.out(line) }
        }

        private static func line(_ request: RequestSummary) -> String {
            let ended = request.finishedAt.map { ", \($0.formatted(.iso8601))" } ?? ""
            return "Request \(request.id), \(request.kind): \(request.outcome ?? request.state)\(ended)."
        }

        private static func proof(of request: Int64, _ receipts: Receipts) async -> String {
            do throws(NotaryError) {
                let proof = try await receipts.receipt(of: request)
                return "Leaf \(proof.index) of the log says so, under a signed head."
            } catch {
                return "No proof: \(error)."
            }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the log as files that other people's tools read (tlog-tiles)."
        )

        @Argument(help: ArgumentHelp("The folder; made where it is not there.", valueName: "folder"))
        var folder: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let written = try await options.load().withStore { store in
                do throws(NotaryError) {
                    return try await LogExport(store: store).write(to: folder)
                } catch {
                    throw Failure(error)
                }
            }
            Terminal.out(
                "\(written.size) leaves: \(written.tiles) tiles, \(written.bundles) files of entries"
                    + (written.prunedBundles > 0
                        ? ", \(written.prunedBundles) left out whose payloads were dropped" : "")
            )
        }
    }

    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Drop payloads whose retention is over. Hashes and old receipts stay good."
        )

        @Option(help: ArgumentHelp("Leaves written before this day, UTC, as in 2023-11-23.", valueName: "day"))
        var before: String
        @Option(help: ArgumentHelp("Why: a ticket or a rule's name; kept in the evidence.", valueName: "reason"))
        var reason: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard let day = try? Date(before + "T00:00:00Z", strategy: .iso8601), day <= Date() else {
                throw Failure(.usage, "--before is a day that is over, as in 2023-11-23")
            }
            guard reason.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._:\/#\-]{0,99}/) != nil else {
                throw Failure(.usage, "--reason is a reference of up to 100 letters, digits and . _ : / # -")
            }
            let configuration = try await options.load()
            let result = try await configuration.withStore { store in
                try await store.pruneEvidence(before: day, reason: reason, actor: Actor.current)
            }
            Terminal.out("Dropped \(result.dropped) payloads, all before leaf \(result.before).")
            guard result.dropped > 0, let key = try configuration.signingKey() else { return }
            _ = try await configuration.withStore { store in
                do throws(NotaryError) {
                    return try await Notary(store: store, key: key, directory: configuration.checkpointDirectory).sign()
                } catch {
                    throw Failure(error)
                }
            }
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

/// The log's verifier key: given, or that of the configured signing key.
struct LogKeyOption: ParsableArguments {
    @Option(help: ArgumentHelp("The log's verifier key. Default: that of DSR_EVIDENCE_KEY_FILE.", valueName: "vkey"))
    var key: String?

    func read(_ configuration: DsrConfiguration) throws -> VerifierKey {
        guard let key else {
            guard let signing = try configuration.signingKey() else { throw Failure.noKey }
            return signing.verifierKey
        }
        do {
            return try VerifierKey(key)
        } catch {
            throw Failure(.usage, "--key: \(error)")
        }
    }
}

extension Failure {
    fileprivate static let noKey = Failure(
        .configuration,
        "no evidence key: set DSR_EVIDENCE_KEY_FILE to a file made by 'dsr evidence key', or give --key where one may"
    )
    fileprivate static let noLeaf = Failure(.needsAPerson, "the receipt holds no leaf")
}
