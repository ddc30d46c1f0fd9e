public import Postgres

/// What went wrong between dsr and its database, said without data.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public enum Code: Sendable, Hashable {
        /// The database cannot be reached, or the connection was lost.
        case unreachable
        /// The schema is missing, older or newer than this version of dsr, or was changed, or this role may not use it.
        case schema
        /// A statement failed.
        case statement
        /// Postgres cannot store one of the values, or a rule of the table refuses it.
        case unstorable
    }

    /// The kind of failure.
    public let code: Code
    /// One sentence: what happened, and what to do. No data.
    public let description: String
    /// What the database said.
    public let cause: PostgresError?

    /// Whether the same may go well later: the connection broke, another transaction was in the way, or the server is short
    /// of something. What was sent may have been committed nevertheless.
    public var isTransient: Bool {
        if code == .unreachable { return true }
        guard let cause else { return false }
        // 53: insufficient resources, a full disk among them; 55P03: a lock that was not to be had.
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
