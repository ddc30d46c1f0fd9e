import EvidenceLog
import Notary
import Postgres
import Processor
import Store
import TalonOne

/// The end of a command that did not do what it was asked: one sentence with the way out, and the exit code.
struct Failure: Error {
    /// The stable exit codes.
    enum Code: Int32 {
        case needsAPerson = 1
        case usage = 64
        case unreachable = 69
        case tryAgain = 75
        case credentials = 77
        case configuration = 78
    }

    let code: Code
    let sentence: String

    init(_ code: Code, _ sentence: String) {
        self.code = code
        self.sentence = sentence
    }

    init(_ error: RunError) {
        let code: Code =
            switch error.code {
            case .databaseUnavailable, .apiUnavailable: .unreachable
            case .schema, .configuration: .configuration
            case .credentialsRefused: .credentials
            }
        self.init(code, error.description)
    }

    init(_ error: StoreError) {
        if let sentence = error.cause?.constraint.flatMap({ Self.rules[$0] }) {
            self.init(.usage, sentence)
            return
        }
        let code: Code =
            switch error.code {
            case .unreachable: .unreachable
            case .schema: .configuration
            case .unstorable: .usage
            case .statement: .needsAPerson
            }
        self.init(code, error.description)
    }

    /// Rules of the database that a command's own checks cannot know of, and how they are said. The database's message
    /// stays unsaid, like all others: it may quote a row.
    private static let rules = [
        "decision_names_nobody": "the reason or the ticket contains the person's integrationId; say why, and not who",
        "decision_has_a_reason": "a decision needs a reason or a ticket: give --reason or --ticket",
        "approval_takes_two": "an erasure is approved by somebody who did not request it",
    ]

    init(_ error: NotaryError) {
        self.init(.needsAPerson, error.description)
    }

    init(_ error: EvidenceLogError) {
        self.init(.needsAPerson, error.description)
    }

    init(_ error: TalonOneError) {
        let code: Code =
            switch error.code {
            case .unauthorized, .forbidden: .credentials
            case .timedOut, .connectionFailed, .serverError, .rateLimited: .unreachable
            case .invalidConfiguration: .configuration
            case .invalidIdentifier, .invalidRequest: .usage
            default: .needsAPerson
            }
        self.init(code, error.description)
    }
}
