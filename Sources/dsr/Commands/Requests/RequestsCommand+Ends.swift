import ArgumentParser
import Foundation
import SubjectRequests

extension RequestsCommand {
    struct Extend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Extend the period to three months from receipt (Art. 12(3) GDPR).",
            discussion: """
                Only where that is necessary because of the request's complexity or the number of requests, and only if the \
                person is told, with the reasons, within the first month.
                """
        )

        @Option(help: ArgumentHelp("The day on which the person was told.", valueName: "YYYY-MM-DD"))
        var toldOn: DayArgument
        @OptionGroup var decision: DecisionOptions

        func run() async throws {
            try await decision.make("extended") { _ in .extended(toldOn: toldOn.day) }
        }
    }

    struct Refuse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Do not act on a request, on a ground that the law gives (Art. 12(4) GDPR).",
            discussion: """
                The person must be told within one month of receipt, which is never extended: why, that they may complain \
                to a supervisory authority, and that they may go to court. Give --told-on once they have been; until then \
                each run report counts the refusal.
                """
        )

        @Option(
            help: ArgumentHelp(
                "The ground: \(RefusalGround.allCases.map { "\($0.rawValue) (\($0.article))" }.joined(separator: ", ")).",
                valueName: "ground"
            )
        )
        var ground: RefusalGround
        @Option(help: ArgumentHelp("The day on which the person was told.", valueName: "YYYY-MM-DD"))
        var toldOn: DayArgument?
        @OptionGroup var decision: DecisionOptions

        func run() async throws {
            try await decision.make("refused") { _ in .refused(ground, toldOn: toldOn?.day) }
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Withdraw a request, as the person has asked.")

        @OptionGroup var decision: DecisionOptions

        func run() async throws {
            try await decision.make("cancelled") { _ in .cancelled }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a request that failed back into the queue; one that is to be tried later is ready at once."
        )

        @OptionGroup var decision: DecisionOptions

        func run() async throws {
            try await decision.make("to be tried again") { _ in .retried }
        }
    }
}
