/// An error of a connection or a statement.
///
/// The description never contains data. A server's message may quote the row that it rejects: such a message is
/// replaced by the name of its condition, and details, hints and contexts are always dropped.
public struct PostgresError: Error, Sendable, CustomStringConvertible {
    /// The kind of an error. Later versions may add codes.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the code.
        public let description: String

        /// The connection could not be opened.
        public static let connectionFailed = Code(description: "connectionFailed")
        /// The server refused the user or the password, or a password is missing.
        public static let credentialsRefused = Code(description: "credentialsRefused")
        /// The connection string or a setting is invalid, there is no such database, or a pool in between does not keep
        /// sessions.
        public static let invalidConfiguration = Code(description: "invalidConfiguration")
        /// The connection was lost; call `reconnect()`. A statement that was running may have taken effect.
        public static let connectionLost = Code(description: "connectionLost")
        /// The call's deadline passed, and the server was asked to stop.
        public static let timedOut = Code(description: "timedOut")
        /// The call was cancelled: by `cancel()`, by its task, or on the server.
        public static let cancelled = Code(description: "cancelled")
        /// The server rejected the statement; `sqlState` is the reason.
        public static let server = Code(description: "server")
        /// A parameter cannot be encoded; nothing was sent.
        public static let unencodable = Code(description: "unencodable")
        /// A column cannot be decoded as the requested type.
        public static let undecodable = Code(description: "undecodable")
        /// A transaction was started inside another, or the error of a failed statement in it was ignored.
        public static let transactionState = Code(description: "transactionState")
        /// The statement is a `COPY` from standard input or to standard output.
        public static let unsupported = Code(description: "unsupported")
    }

    /// The kind of error.
    public private(set) var code: Code
    /// The server's five-character SQLSTATE; nil if the error does not come from the server.
    public internal(set) var sqlState: String?
    /// The constraint that was violated.
    public internal(set) var constraint: String?
    /// The table that the error concerns.
    public internal(set) var table: String?
    /// The column that the error concerns.
    public internal(set) var column: String?
    /// The name of the statement or script that was running.
    public internal(set) var statement: String?
    /// What happened and what to do, without data.
    public private(set) var description: String
    /// Whether the connection was closed because of this error.
    var closedConnection = false

    init(_ code: Code, statement: String? = nil, _ description: String) {
        self.code = code
        self.statement = statement
        self.description = description
    }

    /// The error with a cause or an advice added.
    func followed(by sentence: String, as code: Code? = nil) -> PostgresError {
        var error = self
        error.description += ": \(sentence)"
        error.code = code ?? self.code
        return error
    }
}

extension PostgresError {
    /// Whether the connection is unusable or the server cannot write: reconnect, then retry.
    ///
    /// True for a connection that could not be opened, broke, or was closed after a deadline; for SQLSTATE class 08;
    /// for a server that shuts down (57P01 to 57P03); and for one that became read-only in a failover (25006).
    public var isConnectionLoss: Bool {
        if code == .connectionFailed || code == .connectionLost || closedConnection { return true }
        guard let sqlState else { return false }
        return sqlState.hasPrefix("08") || ["57P01", "57P02", "57P03", "25006"].contains(sqlState)
    }

    /// Whether the transaction conflicted with another one (40001, 40P01): retry it unchanged.
    public var isSerialization: Bool {
        sqlState == "40001" || sqlState == "40P01"
    }

    /// Whether a value caused the error (SQLSTATE class 22 or 23): a retry will fail again.
    public var isDataError: Bool {
        code == .unencodable || sqlState.map { $0.hasPrefix("22") || $0.hasPrefix("23") } ?? false
    }

    /// Whether the statement is wrong for this schema or role (SQLSTATE class 42): an object is missing or exists already,
    /// or the role lacks a privilege.
    public var isRefusal: Bool {
        sqlState?.hasPrefix("42") ?? false
    }
}
