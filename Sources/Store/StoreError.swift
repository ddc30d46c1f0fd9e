public import Postgres

/// An error of the database or of a statement, described without data.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// The kind of an error. Later versions may add more.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the code.
        public let description: String

        /// The database cannot be reached, or the connection was lost.
        public static let unreachable = Code(description: "unreachable")
        /// The schema is missing, older or newer than this version of dsr, or was changed, or the role lacks a right.
        public static let schema = Code(description: "schema")
        /// The queue belongs to another environment or API.
        public static let deployment = Code(description: "deployment")
        /// A statement failed.
        public static let statement = Code(description: "statement")
        /// Postgres cannot store one of the values, or a rule of the table rejects it.
        public static let unstorable = Code(description: "unstorable")
    }

    /// The kind of the error.
    public let code: Code
    /// One sentence that says what happened and what to do. It contains no data.
    public let description: String
    /// The error of the connection that caused it.
    public let cause: PostgresError?

    /// Whether a retry can succeed: the connection broke, another transaction was in the way, or the server lacks a
    /// resource. What was sent may have been committed nevertheless.
    public var isTransient: Bool {
        if code == .unreachable { return true }
        guard let cause else { return false }
        // 53: insufficient resources, a full disk among them; 55P03: a lock that could not be taken.
        return cause.isSerialization || cause.sqlState.map { $0.hasPrefix("53") || $0 == "55P03" } ?? false
            || cause.code == .timedOut
    }

    init(_ code: Code, _ description: String, cause: PostgresError? = nil) {
        self.code = code
        self.description = description
        self.cause = cause
    }

    init(_ error: PostgresError) {
        let code: Code =
            if error.code == .connectionFailed || error.isConnectionLoss {
                .unreachable
            } else if error.isDataError || error.code == .unencodable {
                .unstorable
            } else if error.isRefusal {
                .schema
            } else {
                .statement
            }
        self.init(code, error.description, cause: error)
    }
}
