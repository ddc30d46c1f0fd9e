import CallPolicy
import Foundation
import TalonOne

/// A call that failed, after the quick retries: what to do next depends on the class, people read the sentence.
struct CallError: Error {
    let failure: CallFailure
    /// The status of the answer, where there was one.
    var status: Int?
    /// Names the operation and never the person.
    let sentence: String
    /// Whether the call may have been carried out all the same.
    let mayHaveActed: Bool
}

extension CallError {
    /// The same failure, after an earlier call of which nobody knows whether it was carried out.
    func afterUnansweredCall() -> CallError {
        CallError(failure: failure, status: status, sentence: sentence, mayHaveActed: true)
    }

    init(_ error: TalonOneError) {
        self.failure = CallFailure(error)
        self.status = error.status
        self.sentence = error.description
        self.mayHaveActed = error.mayHaveActed
    }
}

extension CallFailure {
    /// A 404 means "no such customer" only in the API's own words: a proxy's 404 must never read as an answer.
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
}

extension RetryAfter {
    /// How long to wait, never less than nothing.
    func delay(from now: Date) -> Duration {
        switch self {
        case .seconds(let seconds): .seconds(max(0, seconds))
        case .date(let date): .milliseconds(Int64(max(0, date.timeIntervalSince(now)) * 1_000))
        }
    }
}
