import Foundation

/// Why a call did not bring the answer it should have.
///
/// Nothing in it leads back to a customer: it holds the operation and the path's template, never the path, and the
/// API's own message only after everything that could identify somebody was taken out. It may be logged and stored.
public struct TalonOneError: Error, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// What kind of failure it is.
    public var code: Code
    /// The call that failed.
    public var operation: Operation
    /// The HTTP status, if an answer came.
    public var status: Int?
    /// When the API asks to be called again.
    public var retryAfter: RetryAfter?
    /// What the API said, without identifiers and control characters, at most 300 characters.
    public var apiMessage: String?
    /// Whether the request may have been carried out even though it failed: it reached the server, or may have, and
    /// the answer does not exclude it. Always `false` for calls that only read. After `true`, read before repeating.
    public var mayHaveActed: Bool
    /// Whether the API itself gave this answer: its body is the JSON object of an API error. A 404 of a proxy or of
    /// another server looks the same but for this, and must not be read as "no such customer".
    public var isAnswerOfTheAPI = false
    /// A fixed sentence of this module about the cause.
    var reason: String?

    init(
        _ code: Code,
        operation: Operation,
        status: Int? = nil,
        retryAfter: RetryAfter? = nil,
        apiMessage: String? = nil,
        mayHaveActed: Bool = false,
        reason: String? = nil
    ) {
        self.code = code
        self.operation = operation
        self.status = status
        self.retryAfter = retryAfter
        self.apiMessage = apiMessage
        self.mayHaveActed = mayHaveActed && operation.changesState
        self.reason = reason
    }

    static func misconfigured(_ reason: String) -> TalonOneError {
        TalonOneError(.invalidConfiguration, operation: .configuration, reason: reason)
    }

    /// What happened and what to do, in one line.
    public var description: String {
        var text = operation == .configuration ? "" : "\(operation.name): "
        if let reason {
            text += reason
        } else {
            text += code.summary
        }
        if let status { text += " HTTP status \(status)." }
        if let apiMessage, let last = apiMessage.last {
            text += " The API says: \(apiMessage)\(last.isPunctuation ? "" : ".")"
        }
        if let retryAfter { text += " Call again \(retryAfter)." }
        if mayHaveActed {
            text += " It may have been carried out all the same: read before you repeat it."
        } else if let advice = code.advice {
            text += " \(advice)"
        }
        return text
    }

    /// The same as ``description``.
    public var debugDescription: String { description }
}

extension TalonOneError {
    /// The kind of a failure. New kinds may be added, so a `switch` needs a default.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The kind's name, stable enough to be stored.
        public let description: String
        let summary: String
        let advice: String?

        /// Two codes are the same if their names are.
        public static func == (left: Code, right: Code) -> Bool { left.description == right.description }
        /// Hashes the name.
        public func hash(into hasher: inout Hasher) { hasher.combine(description) }

        private init(_ description: String, _ summary: String, _ advice: String? = nil) {
            self.description = description
            self.summary = summary
            self.advice = advice
        }

        /// The base URL, the key or a limit is wrong. Nothing was sent.
        public static let invalidConfiguration = Code("invalidConfiguration", "The configuration is wrong.")
        /// The identifier cannot be addressed in a URL. Nothing was sent.
        public static let invalidIdentifier = Code(
            "invalidIdentifier",
            "The identifier cannot be sent.",
            "Nothing was sent; correct the identifier."
        )
        /// The request cannot be put into the API's form. Nothing was sent.
        public static let invalidRequest = Code(
            "invalidRequest",
            "The request cannot be sent.",
            "Nothing was sent; correct the request."
        )
        /// A 4xx without a code of its own, such as 400 and 422.
        public static let rejected = Code(
            "rejected",
            "The API refused the request.",
            "Repeating it will not help; correct the request."
        )
        /// 401.
        public static let unauthorized = Code("unauthorized", "The API refused the key.", "Check the key.")
        /// 403.
        public static let forbidden = Code(
            "forbidden",
            "The key is not allowed to do this.",
            "Use a key of the right Application."
        )
        /// 404 from an operation for which it can mean an unknown customer or coupon.
        public static let notFound = Code(
            "notFound",
            "The API knows no such thing, or does not have the operation.",
            "Check the identifier and the environment of the key."
        )
        /// 409: too many parallel changes of the same profile or session.
        public static let conflict = Code(
            "conflict",
            "The API is changing the same customer already.",
            "Try again later, one call at a time."
        )
        /// 429.
        public static let rateLimited = Code("rateLimited", "The API wants fewer calls.", "Slow down and try again.")
        /// 5xx.
        public static let serverError = Code("serverError", "The API failed.", "Try again later.")
        /// 3xx. Redirects are never followed, because they would carry the key elsewhere.
        public static let redirected = Code(
            "redirected",
            "The API redirected the call, which is not followed.",
            "Check the base URL."
        )
        /// The deadline passed.
        public static let timedOut = Code(
            "timedOut",
            "No complete answer came before the deadline.",
            "Try again later."
        )
        /// No connection, or it was lost.
        public static let connectionFailed = Code(
            "connectionFailed",
            "The connection failed.",
            "Check the base URL and the network."
        )
        /// The answer is larger than the configured cap.
        public static let bodyTooLarge = Code(
            "bodyTooLarge",
            "The answer is larger than the cap.",
            "Raise the cap if this customer really holds that much."
        )
        /// A success whose body cannot be read.
        public static let malformedBody = Code(
            "malformedBody",
            "The answer is not what the API promises.",
            "Check that the base URL is Talon.One's and not a proxy's."
        )
        /// A success status that this operation does not have.
        public static let unexpectedStatus = Code(
            "unexpectedStatus",
            "The answer has a status that this operation does not have.",
            "Check that the base URL is Talon.One's and not a proxy's."
        )
        /// The deployment does not have the operation in the dialect asked for.
        public static let operationMissing = Code(
            "operationMissing",
            "This deployment does not have the operation.",
            "Choose the other dialect, or do without the operation."
        )
        /// The calling task was cancelled.
        public static let cancelled = Code("cancelled", "The call was cancelled.")
    }
}
