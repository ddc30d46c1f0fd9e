import ArgumentParser
import SubjectRequests

extension RequestsCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record that the requester's identity was verified.",
            discussion: """
                Stores who verified it, how and when, and nothing from an identity document. An open question about the \
                identity ends.

                Examples:
                  dsr requests verify 694 --method in_person --ticket T-1
                """
        )

        @Option(help: "The method: \(IdentityMethod.allCases.map(\.rawValue).joined(separator: ", ")).")
        var method: IdentityMethod
        @Option(help: ArgumentHelp("Who verified it. Default: your login name.", valueName: "name"))
        var checkedBy: String?
        @OptionGroup var decision: DecisionOptions

        func validate() throws {
            guard checkedBy.map({ (1...100).contains($0.count) }) ?? true else {
                throw ValidationError("--checked-by must be a name of up to 100 characters")
            }
        }

        func run() async throws {
            try await decision.make("verified") { _ in
                .identityChecked(method, by: checkedBy ?? CurrentUser.name)
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Approve an erasure that another operator requested.",
            discussion: """
                The approval covers the present content of the request. If the request changes, it must be approved again. \
                The approver must not be the requester, the operator who submitted the request, or the namesake of the \
                database role that inserted it.

                Examples:
                  dsr requests approve 694 --subject customer-42 --ticket T-1
                  echo customer-42 | dsr requests approve 694 --subject - --ticket T-1
                """
        )

        @Option(
            help: ArgumentHelp(
                "Expected customer, or - to read it from standard input; the command fails if the request is about someone else.",
                valueName: "integration-id"
            )
        )
        var subject: String
        @OptionGroup var decision: DecisionOptions

        func run() async throws {
            try await decision.make("approved", about: try SubjectArgument.read(subject)) { _ in .approved }
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record a question to the customer; the request waits for the answer.",
            discussion: """
                The setting suspension.effect says whether the days of the suspension move the last lawful date. The \
                answer-by date never moves.

                Examples:
                  dsr requests suspend 694 --for identity --ticket T-1
                """
        )

        @OptionGroup var question: QuestionOption
        @Option(help: ArgumentHelp("The day on which the customer was asked. Default: today.", valueName: "YYYY-MM-DD"))
        var askedOn: DayArgument?
        @OptionGroup var decision: DecisionOptions

        func run() async throws {
            try await decision.make("suspended") { today in .suspended(question.cause, askedOn: askedOn?.day ?? today) }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record that the customer answered a question.",
            discussion: """
                If the identity was in doubt, it must also be verified: 'dsr requests verify'.

                Examples:
                  dsr requests resume 694 --for clarification --ticket T-1
                """
        )

        @OptionGroup var question: QuestionOption
        @Option(
            help: ArgumentHelp("The day on which the customer answered. Default: today.", valueName: "YYYY-MM-DD")
        )
        var answeredOn: DayArgument?
        @OptionGroup var decision: DecisionOptions

        func run() async throws {
            try await decision.make("resumed") { today in
                .resumed(question.cause, answeredOn: answeredOn?.day ?? today)
            }
        }
    }

    struct QuestionOption: ParsableArguments {
        @Option(
            name: .customLong("for"),
            help: """
                What was asked: identity (who the requester is, Art. 12(6) GDPR) or clarification (what the request means, \
                Recital 63).
                """
        )
        var cause: Suspension.Cause
    }
}
