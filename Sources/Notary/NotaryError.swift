import EvidenceLog

/// An error that the notary found: a log that contradicts a checkpoint, a file that cannot be used, or a missing entry.
///
/// Errors of the database and of keys are not wrapped: they are thrown as `StoreError` and `EvidenceLogError`.
public struct NotaryError: Error, Sendable, CustomStringConvertible {
    /// The kind of an error. Later versions may add codes.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the code.
        public let description: String

        /// The log contradicts what was signed before. Nothing is signed until an operator has resolved it.
        public static let inconsistent = Code(description: "inconsistent")
        /// A checkpoint file, a state file or a file of an export cannot be read or written.
        public static let file = Code(description: "file")
        /// The requested entry does not exist, was dropped, or is not covered by a signed checkpoint yet.
        public static let notFound = Code(description: "notFound")
        /// Another connection builds the tree, so nothing was signed.
        public static let busy = Code(description: "busy")
    }

    /// The kind of error.
    public let code: Code
    /// What happened and what to do, without data.
    public let description: String
    /// The error that led to this one.
    public let cause: (any Error)?

    init(_ code: Code, _ description: String, cause: (any Error)? = nil) {
        self.code = code
        self.description = description
        self.cause = cause
    }

    /// Runs `body`, and reports invalid log data in it as `.inconsistent`.
    ///
    /// - Parameter problem: Which data is invalid, as a clause; the error's own description follows it.
    static func checking<Value>(_ problem: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as EvidenceLogError {
            throw NotaryError(.inconsistent, "\(problem): \(error)", cause: error)
        }
    }
}
