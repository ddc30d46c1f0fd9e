import ArgumentParser
import Store

extension RequestsCommand {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one request: its state and why, its deadline, gates, documents and evidence.",
            discussion: """
                Examples:
                  dsr requests show 694
                """
        )

        @Argument(help: "The number of the request.")
        var request: Int64
        @Flag(help: "Print JSON.")
        var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let found = try await options.load().withStore { store -> WholeRequest? in
                guard let summary = try await store.requests(state: nil, only: request, limit: 1).first,
                    let detail = try await store.detail(of: request)
                else { return nil }
                return WholeRequest(
                    summary: summary,
                    detail: detail,
                    documents: try await store.documents(of: request),
                    leaves: try await store.leaves(of: request)
                )
            }
            guard let found else { throw Failure(.usage, "there is no request \(request)") }
            if json {
                try JSONOutput.print(RequestJSON(found), pretty: true)
            } else {
                RequestText(found).print()
            }
        }
    }
}

/// All that is stored about a request, except the customer.
struct WholeRequest {
    let summary: RequestSummary
    let detail: RequestDetail
    let documents: [DocumentSummary]
    let leaves: [Leaf]
}
