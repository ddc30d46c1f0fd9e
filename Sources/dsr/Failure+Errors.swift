import AtomicFiles
import EvidenceLog
import Foundation
import Notary
import Postgres
import Processor
import Store
import SubjectRequests
import TalonOne
import ThrowawayPostgres

/// The one place where the errors of all modules become exit codes. All of their descriptions are free of data.
extension Failure {
    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as RunError: self.init(error.exitCode, error.description)
        case let error as StoreError: self.init(Self.code(of: error), Self.sentence(of: error))
        case let error as NotaryError: self.init(.needsAction, error.description)
        case let error as TalonOneError: self.init(error.exitCode, error.description)
        case let error as PostgresError: self.init(Self.code(of: StoreError(error)), error.description)
        case let error as ThrowawayPostgresError: self.init(.unreachable, error.description)
        case let error as EvidenceLogError: self.init(.needsAction, error.description)
        case let error as AtomicFile.Failure: self.init(.needsAction, error.description)
        case let error as InvalidRequest: self.init(.usage, error.reason)
        default:
            // The description of any other error may quote what it is about.
            let error = error as NSError
            self.init(.needsAction, "unexpected error (\(error.domain), code \(error.code))")
        }
    }

    private static func code(of error: StoreError) -> Code {
        if rule(of: error) != nil { return .usage }
        switch error.code {
        case .unreachable: return .unreachable
        case .credentials: return .credentials
        case .schema, .configuration, .deployment: return .configuration
        case .unstorable: return .usage
        default: return .needsAction
        }
    }

    private static func sentence(of error: StoreError) -> String {
        if let rule = rule(of: error) { return rule }
        guard error.cause?.sqlState == "42501" else { return error.description }
        return "\(error.description): the database role lacks this right; 'dsr grants --help' says which role has which"
    }

    /// What a rule of the database means that the commands cannot check themselves. The database's own message is never
    /// shown, since it may quote a row.
    private static func rule(of error: StoreError) -> String? {
        error.cause?.constraint.flatMap { constraint in
            switch constraint {
            case "decision_names_no_customer":
                "the reason or the ticket contains the customer's integrationId; state the reason without it"
            case "decision_has_a_reason": "a decision needs a reason or a ticket: give --reason or --ticket"
            case "approval_takes_two":
                "the requester cannot approve their own erasure; another operator approves it, with another database role "
                    + "than the one that inserted it"
            case "filed_checkpoints_stay":
                "a checkpoint of that size or more was filed, so it was signed; give a larger size, or see "
                    + "'dsr evidence adopt'"
            case "replay_is_known":
                "no replay was made with that --since; give the instant exactly as it was given to 'dsr replay'"
            case "requester_is_known":
                "nobody can approve an erasure whose requester is unknown; cancel it, and add one with --requested-by"
            case "ticket_is_a_reference":
                "the ticket must be a reference of up to 100 letters, digits and . _ : / # -, and must not name the customer"
            case "changes_are_bounded":
                "the changes have more than 65,536 bytes or more than 200 attributes; split the rectification"
            case let name where name.hasSuffix("_is_one_line"):
                "\(name.dropLast("_is_one_line".count).replacing("_", with: " ")) must be one line of at most 200 characters "
                    + "(500 for a reason), without control or invisible characters"
            default: nil
            }
        }
    }
}

extension RunError {
    fileprivate var exitCode: Failure.Code {
        switch code {
        case .schema, .configuration: .configuration
        case .stopped: .tryAgain
        case .credentialsRefused: .credentials
        default: .unreachable
        }
    }
}

extension TalonOneError {
    fileprivate var exitCode: Failure.Code {
        switch code {
        case .unauthorized, .forbidden: .credentials
        case .timedOut, .connectionFailed, .serverError, .rateLimited: .unreachable
        case .invalidConfiguration: .configuration
        case .invalidIdentifier, .invalidRequest: .usage
        default: .needsAction
        }
    }
}
