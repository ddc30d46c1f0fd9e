import ArgumentParser
import Foundation
import Store
import SubjectRequests

struct RequestsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests",
        abstract: "Look at requests. Shows everything but the person.",
        subcommands: [List.self, Show.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List requests, in the order they came.")

        @Option(help: "Only those in this state: \(RequestState.allCases.map(\.rawValue).joined(separator: ", ")).")
        var state: RequestState?
        @Option(help: ArgumentHelp("Begin after this number.", valueName: "number"))
        var after: Int64 = 0
        @Option(help: "How many at most, up to 10,000.")
        var limit = 100
        @Flag(help: "Print JSON, one object a line.")
        var json = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard (1...10_000).contains(limit) else { throw ValidationError("--limit goes from 1 to 10,000") }
        }

        func run() async throws {
            let requests = try await options.load().withStore { store in
                try await store.requests(state: state, after: after, limit: limit)
            }
            if json {
                let encoder = RequestJSON.encoder(pretty: false)
                for request in requests {
                    Terminal.out(String(decoding: try encoder.encode(RequestJSON(request)), as: UTF8.self))
                }
                return
            }
            var table = Table("request", "right", "state", "outcome", "answer by", "ticket", "reason")
            table.rows = requests.map { request in
                [
                    String(request.id), request.kind,
                    request.state + (request.waitingFor.map { " (\($0))" } ?? ""), request.outcome ?? "-",
                    request.answerBy?.description ?? "-", request.ticket ?? "-", request.reason ?? "",
                ]
            }
            table.print()
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one request: where it stands, its documents and its evidence."
        )

        @Argument(help: "The request's number.")
        var request: Int64
        @Flag(help: "Print JSON.")
        var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let (found, documents, leaves) = try await options.load().withStore { store in
                (
                    try await store.requests(state: nil, only: request, limit: 1).first,
                    try await store.documents(of: request),
                    try await store.leaves(of: request)
                )
            }
            guard let found else { throw Failure(.usage, "there is no request \(request)") }
            let whole = RequestJSON(found, documents: documents, leaves: leaves)
            if json {
                Terminal.out(String(decoding: try RequestJSON.encoder(pretty: true).encode(whole), as: UTF8.self))
            } else {
                RequestText(found, documents, leaves).print()
            }
        }
    }
}
