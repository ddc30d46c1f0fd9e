import ArgumentParser
import Foundation
import Store

extension RequestsCommand {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one request: where it stands and why, its deadline, documents and evidence."
        )

        @Argument(help: "The request's number.")
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
                let encoder = RequestJSON.encoder(pretty: true)
                Terminal.out(String(decoding: try encoder.encode(RequestJSON(found)), as: UTF8.self))
            } else {
                RequestText(found).print()
            }
        }
    }
}

/// All that is known of a request.
struct WholeRequest {
    let summary: RequestSummary
    let detail: RequestDetail
    let documents: [DocumentSummary]
    let leaves: [Leaf]
}
