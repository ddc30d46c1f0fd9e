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
                been told; until then, each run report counts the refusal, and 'dsr requests reopen' takes it back.

                Examples:
                  dsr requests refuse 694 --ground art12_5_excessive --ticket T-1 --yes
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
        @Flag(help: "Do not ask for confirmation. For scripts.")
        var yes = false
        @OptionGroup var decision: DecisionOptions

        func run() async throws {
            try confirm()
            try await decision.make(
                "refused",
                next: { detail in
                    guard detail.refusalToldOn == nil else { return nil }
                    return "Send the customer the reasons"
                        + (detail.noticeBy.map { " by \($0.inWords)." } ?? " within one month of receipt.")
                }
            ) { _ in .refused(ground, toldOn: toldOn?.day) }
        }

        private func confirm() throws {
            guard !yes else { return }
            Terminal.note(
                "Request \(decision.request) will be refused under \(ground.article). "
                    + (toldOn.map { "The customer was told on \($0.day): this cannot be taken back." }
                        ?? "It can be reopened until the customer is told.")
            )
            guard let answer = Terminal.ask("Type the number of the request again to confirm: ") else {
                throw Failure(
                    .usage,
                    "standard input is not a terminal, so the refusal cannot be confirmed; give --yes in a script"
                )
            }
            guard answer == String(decision.request) else {
                throw Failure(.usage, "the numbers differ; nothing was done")
            }
        }
    }

    struct Reopen: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a refusal back, as long as the customer was not told.",
            discussion: """
                The request returns to the queue with its deadline and gates. An approval must be given again.

                Examples:
                  dsr requests reopen 694 --reason 'refused by mistake'
                """
        )

        @OptionGroup var decision: DecisionOptions

        func run() async throws {
            try await decision.make("reopened") { _ in .reopened }
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
