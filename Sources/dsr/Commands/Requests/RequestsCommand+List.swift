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
        @OptionGroup var list: ListOptions
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard atRisk == nil || (state == nil && list.after == 0) else {
                throw ValidationError("--at-risk goes by date, and takes neither --state nor --after")
            }
        }

        func run() async throws {
            let requests = try await options.load().withStore { store in
                if let atRisk {
                    try await store.requestsAtRisk(withinDays: atRisk.days, limit: list.limit)
                } else {
                    try await store.requests(state: state, after: list.after, limit: list.limit)
                }
            }
            try list.print(
                requests,
                headings: ["request", "right", "state", "outcome", "answer by", "ticket", "reason"],
                row: { request in
                    [
                        String(request.id), request.kind, request.standing, request.outcome?.rawValue ?? "-",
                        request.answerBy?.description ?? "-", request.ticket ?? "-", request.reason ?? "",
                    ]
                },
                object: RequestJSON.init
            )
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
