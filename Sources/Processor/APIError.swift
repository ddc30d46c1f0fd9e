import CallPolicy
import Foundation
import TalonOne

/// An API request that failed after its quick retries. The class of the failure decides what follows; the description
/// is for operators.
struct APIError: Error, CustomStringConvertible {
    /// The class of the failure.
    let failure: APIFailure
    /// The HTTP status of the answer, where there was one.
    var status: Int?
    /// What happened: names the operation and never the customer.
    let description: String
    /// Whether the API may have carried the request out all the same.
    let mayHaveActed: Bool
}

extension APIError {
    init(_ error: TalonOneError) {
        self.init(
            failure: APIFailure(error),
            status: error.status,
            description: error.description,
            mayHaveActed: error.mayHaveActed
        )
    }

    /// The same failure with more to say, where it follows a deletion of which nothing is known.
    func afterDeletion(_ prefix: String = "") -> APIError {
        APIError(failure: failure, status: status, description: prefix + description, mayHaveActed: true)
    }

    /// The same failure of a request that is not the deletion itself: nothing has to be read back because of it.
    func beforeDeletion() -> APIError {
        APIError(failure: failure, status: status, description: description, mayHaveActed: false)
    }

    /// The request was not sent because the run is shutting down.
    static let cancelled = APIError(
        failure: .cancelled,
        description: "The run is shutting down.",
        mayHaveActed: false
    )
}

extension APIFailure {
    /// A 404 means "no such customer" only in the API's own words: a proxy's 404 must never count as an answer.
    init(_ error: TalonOneError) {
        switch error.code {
        case .timedOut: self = .timedOut
        case .connectionFailed: self = .noConnection
        case .malformedBody: self = .unreadable
        case .bodyTooLarge: self = .tooLarge
        case .invalidIdentifier, .invalidRequest, .invalidConfiguration: self = .impossible
        case .cancelled: self = .cancelled
        case .unauthorized, .forbidden: self = .status(401, retryAfter: nil)
        case .notFound where !error.isAnswerOfTheAPI: self = .unreadable
        default: self = .status(error.status ?? 0, retryAfter: error.retryAfter?.delay(from: Date()))
        }
    }

    /// The failure in a few words, for the sentence about an outage.
    var label: String {
        switch self {
        case .status(let status, _): "HTTP \(status)"
        case .timedOut: "timeout"
        case .noConnection: "no connection"
        case .unreadable: "unreadable answer"
        case .tooLarge: "answer too large"
        case .impossible, .cancelled: "not sent"
        }
    }
}

extension RetryAfter {
    /// The time to wait from now, never negative, and no longer than a year: a date of many digits is beyond what can be
    /// counted.
    func delay(from now: Date) -> Duration {
        let longest = 365 * 86_400
        return switch self {
        case .seconds(let seconds): .seconds(min(max(0, seconds), longest))
        case .date(let date):
            .milliseconds(Int64(min(max(0, date.timeIntervalSince(now)), Double(longest)) * 1_000))
        }
    }
}
