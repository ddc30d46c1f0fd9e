public import Postgres

/// An error of the database or of a statement, described without data.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// The kind of an error. Later versions may add more.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the code.
        public let description: String

        /// The database cannot be reached, or the connection was lost.
        public static let unreachable = Code(description: "unreachable")
        /// The server refuses the user or the password, or a password is missing.
        public static let credentials = Code(description: "credentials")
        /// The connection string is invalid, or the server, the database, the role or a pool in between is not what dsr
        /// needs.
        public static let configuration = Code(description: "configuration")
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
        // 53: insufficient resources, a full disk among them; 55P03: a lock that could not be taken; 57014: stopped on the
        // server.
        return cause.isSerialization || cause.code == .timedOut
            || cause.sqlState.map { $0.hasPrefix("53") || ["55P03", "57014"].contains($0) } ?? false
    }

    init(_ code: Code, _ description: String, cause: PostgresError? = nil) {
        self.code = code
        self.description = description
        self.cause = cause
    }

    /// This error of a statement that waited for a lock in vain, with those who hold locks on the queue.
    func waiting(for holders: [String]) -> StoreError {
        guard !holders.isEmpty else { return self }
        return StoreError(
            code,
            "\(description): the lock is held by \(Store.list(holders)); it is released when their transaction ends",
            cause: cause
        )
    }

    /// An error of the connection, or of a statement.
    public init(_ error: PostgresError) {
        let code: Code =
            if error.code == .credentialsRefused {
                .credentials
            } else if error.code == .invalidConfiguration {
                .configuration
            } else if error.isConnectionLoss {
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
