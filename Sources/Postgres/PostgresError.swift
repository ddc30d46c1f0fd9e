/// What went wrong with a connection or a statement.
///
/// The description never holds data: a server's message may quote the row that it refuses, so such messages are
/// replaced by the name of their condition, and details, hints and contexts are dropped for good.
public struct PostgresError: Error, Sendable, CustomStringConvertible {
    /// The kind of an error; there may be more of them in time.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the code.
        public let description: String

        /// No connection could be made.
        public static let connectionFailed = Code(description: "connectionFailed")
        /// The connection string cannot be understood.
        public static let invalidConfiguration = Code(description: "invalidConfiguration")
        /// The connection was there and is gone; only `reconnect()` helps. What was running may have taken effect.
        public static let connectionLost = Code(description: "connectionLost")
        /// The call's deadline passed. The server was told to stop.
        public static let timedOut = Code(description: "timedOut")
        /// The call was cancelled: by `cancel()`, by its task, or by somebody on the server.
        public static let cancelled = Code(description: "cancelled")
        /// The server refused the statement; `sqlState` says why.
        public static let server = Code(description: "server")
        /// A parameter cannot be sent, and nothing was.
        public static let unencodable = Code(description: "unencodable")
        /// A column does not hold what it was read as.
        public static let undecodable = Code(description: "undecodable")
        /// A transaction was begun inside another, or a failure inside it was ignored.
        public static let transactionState = Code(description: "transactionState")
        /// A statement that copies went through `query`, or one that does not through `copyIn` or `copyOut`.
        public static let copyState = Code(description: "copyState")
    }

    /// What kind of error this is.
    public let code: Code
    /// The server's five-character SQLSTATE, if the server spoke.
    public internal(set) var sqlState: String?
    /// The constraint that was violated.
    public internal(set) var constraint: String?
    /// The table that the error is about.
    public internal(set) var table: String?
    /// The column that the error is about.
    public internal(set) var column: String?
    /// The name of the statement or script that was running.
    public internal(set) var statement: String?
    /// What happened and what to do; free of data.
    public let description: String
    /// The connection was closed because of this.
    var closedConnection = false

    init(_ code: Code, statement: String? = nil, _ description: String) {
        self.code = code
        self.statement = statement
        self.description = description
    }
}

extension PostgresError {
    /// The connection is unusable, or leads to a server that cannot write: reconnect, then try again.
    ///
    /// True for a connection that could not be made, broke, or was closed after a deadline, for SQLSTATE class 08,
    /// for a server that shuts down (57P01 to 57P03), and for one that became read-only in a failover (25006).
    public var isConnectionLoss: Bool {
        if code == .connectionFailed || code == .connectionLost || closedConnection { return true }
        guard let sqlState else { return false }
        return sqlState.hasPrefix("08") || ["57P01", "57P02", "57P03", "25006"].contains(sqlState)
    }

    /// The transaction met another one (40001, 40P01): the same again will do.
    public var isSerialization: Bool {
        sqlState == "40001" || sqlState == "40P01"
    }

    /// A value is at fault (SQLSTATE class 22 or 23): the same again will fail again.
    public var isDataError: Bool {
        code == .unencodable || sqlState.map { $0.hasPrefix("22") || $0.hasPrefix("23") } ?? false
    }

    /// The statement names what is not there, makes what is there already, or is not for this role (SQLSTATE class 42).
    public var isRefusal: Bool {
        sqlState?.hasPrefix("42") ?? false
    }
}
