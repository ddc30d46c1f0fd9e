extension TalonOneError {
    /// The kind of a failure. More kinds may be added, so a `switch` needs a default.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the kind, stable enough to be stored.
        public let description: String
        let summary: String
        let advice: String?

        /// Two codes are equal if their names are.
        public static func == (left: Code, right: Code) -> Bool { left.description == right.description }
        /// Hashes the name.
        public func hash(into hasher: inout Hasher) { hasher.combine(description) }

        private init(_ description: String, _ summary: String, _ advice: String? = nil) {
            self.description = description
            self.summary = summary
            self.advice = advice
        }

        /// The base URL, the credentials or a limit is invalid. Nothing was sent.
        public static let invalidConfiguration = Code("invalidConfiguration", "the configuration is invalid")
        /// The identifier cannot be part of a URL. Nothing was sent.
        public static let invalidIdentifier = Code(
            "invalidIdentifier",
            "the identifier cannot be sent",
            "Nothing was sent. Correct the identifier."
        )
        /// The request cannot be expressed in the API's format. Nothing was sent.
        public static let invalidRequest = Code(
            "invalidRequest",
            "the request cannot be sent",
            "Nothing was sent. Correct the request."
        )
        /// A 4xx that has no code of its own, such as 400 and 422.
        public static let rejected = Code(
            "rejected",
            "the API rejected the request",
            "Retrying does not help. Correct the request."
        )
        /// 401, or the 400 with which the early API refuses a signature.
        public static let unauthorized = Code("unauthorized", "the API refused the credentials")
        /// 403.
        public static let forbidden = Code("forbidden", "the API does not allow the operation with these credentials")
        /// 404 from an operation for which it can mean an unknown customer or coupon.
        public static let notFound = Code(
            "notFound",
            "not found: no such customer, or this deployment lacks the operation",
            "Check the identifier, and the environment of the key."
        )
        /// 409: too many parallel changes of the same profile or session.
        public static let conflict = Code(
            "conflict",
            "the API is processing another change of the same customer",
            "Retry later."
        )
        /// 429.
        public static let rateLimited = Code(
            "rateLimited",
            "the rate limit of the API was exceeded",
            "Lower the rate of calls."
        )
        /// 5xx.
        public static let serverError = Code("serverError", "the API failed", "Retry later.")
        /// 3xx. Redirects are not followed, because they would send the key to another host.
        public static let redirected = Code(
            "redirected",
            "the API redirected the request, and redirects are not followed",
            "Check TALON_ONE_BASE_URL."
        )
        /// The deadline passed.
        public static let timedOut = Code(
            "timedOut",
            "timeout before the answer was complete",
            "Retry later."
        )
        /// The connection could not be established, or it was lost.
        public static let connectionFailed = Code(
            "connectionFailed",
            "the connection failed",
            "Check TALON_ONE_BASE_URL and the network."
        )
        /// The answer is larger than ``TalonOneConfiguration/bodyCap``.
        public static let bodyTooLarge = Code(
            "bodyTooLarge",
            "the answer exceeds the maximum size",
            "Raise DSR_CALL_MAXIMUM_BODY_MEBIBYTES if the customer has that much data."
        )
        /// A success whose body is not what the API promises.
        public static let malformedBody = Code(
            "malformedBody",
            "the answer is not a JSON object in UTF-8",
            "Check that TALON_ONE_BASE_URL is the address of Talon.One, not of a proxy."
        )
        /// A status that the operation does not define.
        public static let unexpectedStatus = Code(
            "unexpectedStatus",
            "the operation does not define this status",
            "Check that TALON_ONE_BASE_URL is the address of Talon.One, not of a proxy."
        )
        /// The deployment lacks the operation in the requested dialect.
        public static let operationMissing = Code(
            "operationMissing",
            "this deployment lacks the operation",
            "Check TALON_ONE_BASE_URL and TALON_ONE_DIALECT."
        )
        /// The calling task was cancelled.
        public static let cancelled = Code("cancelled", "the call was cancelled")
    }
}
