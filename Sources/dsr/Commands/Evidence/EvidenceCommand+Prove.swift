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
            abstract: "Show the requests of a customer, erased or not, with their proofs.",
            discussion: """
                Finds the requests by keyed digest, so it needs the subject keys with which they were admitted.

                Examples:
                  dsr evidence prove --subject customer-42
                """
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
            let subjectKeys = try configuration.subjectKeys()
            guard !subjectKeys.isEmpty else { throw Failure.noSubjectKey }
            let key = try log.read(configuration)
            let customer = try SubjectArgument.read(subject)
            let (lines, others) = try await configuration.withStore { store in
                let receipts = Receipts(store: store, log: key, directory: configuration.checkpointDirectory)
                var lines: [String] = []
                for id in try await store.requests(ofSubject: subjectKeys.map { $0.digest(of: customer) }) {
                    guard let request = try await store.requests(state: nil, only: id, limit: 1).first else { continue }
                    let proof =
                        request.finishedAt == nil
                        ? "No proof yet: the request is not finished." : await Self.proof(of: id, receipts)
                    lines.append("\(Self.line(request)) \(proof)")
                }
                return (lines, try await store.requestsNotFindable(withKeys: subjectKeys.map(\.id)))
            }
            for line in lines { Terminal.out(line) }
            let unknown =
                "\(others.counted("request was", "requests were")) recorded under other subject keys or without one; "
                + "\(EvidenceSettings.oldSubjectKeys.name) names earlier keys"
            guard !lines.isEmpty else {
                throw Failure(
                    .needsAction,
                    others == 0
                        ? "no request of this customer exists"
                        : "no request of this customer is findable with \(subjectKeys.count == 1 ? "this key" : "these keys"): "
                            + unknown
                )
            }
            if others > 0 { Terminal.note("There may be more: \(unknown)") }
        }

        private static func line(_ request: RequestSummary) -> String {
            let ended = request.finishedAt.map { ", \($0.formatted(.iso8601))" } ?? ""
            return
                "Request \(request.id), \(request.kind): \(request.outcome?.rawValue ?? request.state.rawValue)\(ended)."
        }

        private static func proof(of request: Int64, _ receipts: Receipts) async -> String {
            do {
                let proof = try await receipts.receipt(of: request)
                return "Proven by log entry \(proof.index), under a signed checkpoint."
            } catch {
                return "No proof: \(Failure(error).sentence)."
            }
        }
    }
}
