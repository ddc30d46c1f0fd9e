import ArgumentParser
import EvidenceLog
import Foundation
import Notary
import Processor
import Store
import SubjectRequests

extension EvidenceCommand {
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
            guard let subjectKey = try configuration.subjectKey() else { throw Failure.noSubjectKey }
            let key = try log.read(configuration)
            let person = try SubjectArgument.read(subject)
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
            return
                "Request \(request.id), \(request.kind): \(request.outcome?.rawValue ?? request.state.rawValue)\(ended)."
        }

        private static func proof(of request: Int64, _ receipts: Receipts) async -> String {
            do {
                let proof = try await receipts.receipt(of: request)
                return "Leaf \(proof.index) of the log says so, under a signed head."
            } catch {
                return "No proof: \(error)."
            }
        }
    }
}
