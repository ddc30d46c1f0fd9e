import ArgumentParser
import Store
import SubjectRequests

extension RequestsCommand {
    struct Extend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Extend the deadline to three months from receipt (Art. 12(3) GDPR).",
            discussion: """
                Lawful only where the complexity or the number of requests makes it necessary, and only if the customer is \
                told within the first month, with the reasons.

                Examples:
                  dsr requests extend 694 --told-on 2026-03-20 --reason 'five countries'
                """
        )

        @Option(help: ArgumentHelp("The day on which the customer was told.", valueName: "YYYY-MM-DD"))
        var toldOn: DayArgument
        @OptionGroup var decision: DecisionOptions

        func run() async throws {
            try await decision.make("extended") { _ in .extended(toldOn: toldOn.day) }
        }
    }

    struct Refuse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuse to act on a request, on a ground that the law gives (Art. 12(4) GDPR).",
            discussion: """
                The customer must be told within one month of receipt, which cannot be extended: the reasons, the right to \
                complain to a supervisory authority, and the right to go to court. Give --told-on once the customer has \
                been told; until then, each run report counts the refusal.

                Examples:
                  dsr requests refuse 694 --ground art12_5_excessive --ticket T-1
                  dsr requests refuse 694 --ground art12_6 --told-on 2026-03-20 --ticket T-1
                """
        )

        @Option(
            help: ArgumentHelp(
                "The ground: \(RefusalGround.allCases.map { "\($0.rawValue) (\($0.article))" }.joined(separator: ", ")).",
                valueName: "ground"
            )
        )
        var ground: RefusalGround
        @Option(help: ArgumentHelp("The day on which the customer was told.", valueName: "YYYY-MM-DD"))
        var toldOn: DayArgument?
        @OptionGroup var decision: DecisionOptions

        func run() async throws {
            try await decision.make(
                "refused",
                next: { detail in
                    guard detail.refusalToldOn == nil else { return nil }
                    return "Send the customer the reasons"
                        + (detail.noticeBy.map { " by \($0.inWords)." } ?? " within one month of receipt.")
                }
            ) { _ in .refused(ground, toldOn: toldOn?.day) }
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Withdraw a request on the customer's wish.",
            discussion: """
                Examples:
                  dsr requests cancel 694 --ticket T-1
                """
        )

        @OptionGroup var decision: DecisionOptions

        func run() async throws {
            try await decision.make("cancelled") { _ in .cancelled }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a failed request back into the queue, or make a postponed request ready now.",
            discussion: """
                Examples:
                  dsr requests retry 694 --ticket T-1
                """
        )

        @OptionGroup var decision: DecisionOptions

        func run() async throws {
            try await decision.make("will be retried") { _ in .retried }
        }
    }
}
