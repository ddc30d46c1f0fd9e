import ArgumentParser
import Foundation
import SubjectRequests

extension RequestsCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that somebody has made sure who asks.",
            discussion: """
                Who checked, how and when is kept; a document that was shown is not, nor its number. An open question \
                about the identity ends with it.
                """
        )

        @Option(help: "How: \(IdentityMethod.allCases.map(\.rawValue).joined(separator: ", ")).")
        var method: IdentityMethod
        @Option(help: ArgumentHelp("Who checked, if not you.", valueName: "name"))
        var checkedBy: String?
        @OptionGroup var decision: DecisionOptions

        func validate() throws {
            guard checkedBy.map({ (1...100).contains($0.count) }) ?? true else {
                throw ValidationError("--checked-by is a name of up to 100 characters")
            }
        }

        func run() async throws {
            try await decision.make("the identity is checked") { _ in
                .identityChecked(method, by: checkedBy ?? Actor.current)
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Approve an erasure that somebody else requested.",
            discussion:
                "The approval is of what the request asks for now; were that changed, it would not count any more."
        )

        @Option(
            help: ArgumentHelp(
                "Whom the request must be about, to be sure; - reads it from standard input.",
                valueName: "integration-id"
            )
        )
        var subject: String?
        @OptionGroup var decision: DecisionOptions

        func run() async throws {
            try await decision.make("approved", about: try subject.map(SubjectArgument.read)) { _ in
                .approved(by: Actor.current)
            }
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that the person was asked something, and wait for the answer.",
            discussion: """
                The request is not worked until they have answered. Whether the days count is for the configuration \
                (suspension.effect); the day to answer by is never moved by it.
                """
        )

        @OptionGroup var question: QuestionOption
        @Option(help: ArgumentHelp("The day on which they were asked. Default: today.", valueName: "YYYY-MM-DD"))
        var askedOn: DayArgument?
        @OptionGroup var decision: DecisionOptions

        func run() async throws {
            try await decision.make("suspended") { today in .suspended(question.cause, askedOn: askedOn?.day ?? today) }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that the person has answered.",
            discussion: "An identity that was in doubt must be checked besides: 'dsr requests verify'."
        )

        @OptionGroup var question: QuestionOption
        @Option(help: ArgumentHelp("The day on which they answered. Default: today.", valueName: "YYYY-MM-DD"))
        var answeredOn: DayArgument?
        @OptionGroup var decision: DecisionOptions

        func run() async throws {
            try await decision.make("resumed") { today in .resumed(question.cause, answeredOn: answeredOn?.day ?? today)
            }
        }
    }

    struct QuestionOption: ParsableArguments {
        @Option(
            name: .customLong("for"),
            help:
                "What was asked: identity (who they are, Art. 12(6) GDPR) or clarification (what they mean, Recital 63)."
        )
        var cause: Suspension.Cause
    }
}
