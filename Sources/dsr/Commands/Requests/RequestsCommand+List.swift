import ArgumentParser
import Foundation
import Store
import SubjectRequests

extension RequestsCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List requests, oldest first; with --at-risk, the most urgent first.",
            discussion: """
                Examples:
                  dsr requests list --needs-action
                  dsr requests list --state failed
                  dsr requests list --at-risk 7d --json
                """
        )

        @Option(
            help: "List only requests in this state: \(RequestState.allCases.map(\.rawValue).joined(separator: ", "))."
        )
        var state: RequestState?
        @Option(
            help: ArgumentHelp(
                "List only requests without an answer that must be answered within this many days, or are past their date, "
                    + "for example 7d.",
                valueName: "days"
            )
        )
        var atRisk: DayCount?
        @Flag(
            help: """
                List only requests that need action: failed, overdue, waiting for an operator, refused without the \
                customer told, or malformed and refused in the last month.
                """
        )
        var needsAction = false
        @OptionGroup var list: ListOptions
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard atRisk == nil || (state == nil && !needsAction && list.after == 0) else {
                throw ValidationError("--at-risk cannot be combined with --state, --needs-action or --after")
            }
        }

        func run() async throws {
            let requests = try await options.load().withStore { store in
                if let atRisk {
                    try await store.requestsAtRisk(withinDays: atRisk.days, limit: list.limit)
                } else {
                    try await store.requests(
                        state: state,
                        needingAction: needsAction,
                        after: list.after,
                        limit: list.limit
                    )
                }
            }
            try list.print(
                requests,
                headings: ["request", "right", "state", "outcome", "answer by", "ticket", "reason"],
                row: { request in
                    [
                        String(request.id), request.kind, request.stateAndGate, request.outcome?.rawValue ?? "-",
                        request.answerBy?.description ?? "-", request.ticket ?? "-", request.reason ?? "",
                    ]
                },
                object: RequestJSON.init
            )
        }
    }
}

/// A number of days, such as `7d` or `7`.
struct DayCount: ExpressibleByArgument {
    let days: Int

    init?(argument: String) {
        guard let days = Int(argument.hasSuffix("d") ? argument.dropLast() : argument[...]), (0...3_650).contains(days)
        else { return nil }
        self.days = days
    }
}

extension RequestSummary {
    /// The state and, in brackets, the gate that it waits for.
    var stateAndGate: String { state.rawValue + (waitingFor.map { " (\($0.rawValue))" } ?? "") }
}
