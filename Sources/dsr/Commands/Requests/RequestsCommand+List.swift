import ArgumentParser
import Foundation
import Store
import SubjectRequests

extension RequestsCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List requests, in the order they came; those at risk, most urgent first."
        )

        @Option(help: "Only those in this state: \(RequestState.allCases.map(\.rawValue).joined(separator: ", ")).")
        var state: RequestState?
        @Option(
            help: ArgumentHelp(
                "Only those without an answer that must be answered within so many days, or should have been, as in 7d.",
                valueName: "days"
            )
        )
        var atRisk: DayCount?
        @Option(help: ArgumentHelp("Begin after this number.", valueName: "number"))
        var after: Int64 = 0
        @Option(help: "How many at most, up to 10,000.")
        var limit = 100
        @Flag(help: "Print JSON, one object a line.")
        var json = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard (1...10_000).contains(limit) else { throw ValidationError("--limit goes from 1 to 10,000") }
            guard atRisk == nil || (state == nil && after == 0) else {
                throw ValidationError("--at-risk goes by date, and takes neither --state nor --after")
            }
        }

        func run() async throws {
            let requests = try await options.load().withStore { store in
                if let atRisk {
                    try await store.requestsAtRisk(withinDays: atRisk.days, limit: limit)
                } else {
                    try await store.requests(state: state, after: after, limit: limit)
                }
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
                    String(request.id), request.kind, request.standing, request.outcome?.rawValue ?? "-",
                    request.answerBy?.description ?? "-", request.ticket ?? "-", request.reason ?? "",
                ]
            }
            table.print()
        }
    }
}

/// A number of days, as in `7d` or `7`.
struct DayCount: ExpressibleByArgument {
    let days: Int

    init?(argument: String) {
        guard let days = Int(argument.hasSuffix("d") ? argument.dropLast() : argument[...]), (0...3_650).contains(days)
        else { return nil }
        self.days = days
    }
}

extension RequestSummary {
    /// The state and, in brackets, what it waits for.
    var standing: String { state.rawValue + (waitingFor.map { " (\($0.rawValue))" } ?? "") }
}
