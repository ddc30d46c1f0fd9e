import Foundation

/// A call that failed, or a configuration that is invalid.
///
/// An error may be logged and stored, because it identifies no customer: it holds the operation and never the path, and
/// nothing that an answer says except its status, the length of a wait, and which of ``Code-swift.struct`` it is. The
/// message of an API names people in words that no filter recognises. An error holds no key either.
public struct TalonOneError: Error, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The kind of the failure.
    public var code: Code
    /// The operation that failed.
    public var operation: Operation
    /// The HTTP status, if there was an answer.
    public var status: Int?
    /// The time to wait before the next call, if the API named one.
    public var retryAfter: RetryAfter?
    /// Whether the request may have been carried out although the call failed: it was or may have been received, and
    /// the answer does not rule it out. Always `false` for operations that only read. If `true`, read before retrying.
    public var mayHaveActed: Bool
    /// Whether the API itself gave this answer: the body is an API error in exactly the documented form. Without it, a 404
    /// may come from a gateway, a proxy or another server, and must not be read as "no such customer".
    public var isAnswerOfTheAPI = false
    /// A more exact statement than the code's summary.
    private let reason: String?
    /// More exact advice than the code's.
    private let advice: String?

    init(
        _ code: Code,
        operation: Operation,
        status: Int? = nil,
        retryAfter: RetryAfter? = nil,
        mayHaveActed: Bool = false,
        reason: String? = nil,
        advice: String? = nil
    ) {
        self.code = code
        self.operation = operation
        self.status = status
        self.retryAfter = retryAfter
        self.mayHaveActed = mayHaveActed && operation.changesState
        self.reason = reason
        self.advice = advice
    }

    static func misconfigured(_ reason: String) -> TalonOneError {
        TalonOneError(.invalidConfiguration, operation: .configuration, reason: reason)
    }

    /// The operation, what happened, the status, and what to do, in one line.
    public var description: String {
        var text = operation == .configuration ? "" : "\(operation.name): "
        text += reason ?? code.summary
        if let status { text += " (HTTP \(status))" }
        text += "."
        if let retryAfter, !retryAfter.isOver { text += " Retry \(retryAfter)." }
        if mayHaveActed {
            text += " The request may have been carried out; read the current state before retrying."
        } else if let advice = advice ?? code.advice {
            text += " \(advice)"
        }
        return text
    }

    /// The same as ``description``.
    public var debugDescription: String { description }
}
