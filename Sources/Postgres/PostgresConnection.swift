/// A connection to Postgres: an actor with its own thread.
///
/// Calls block that thread, never Swift's cooperative pool, and run one after another. Every call has a deadline and
/// supports task cancellation: the server is asked to stop, and if it does, the connection stays usable. In a task that
/// is already cancelled nothing is sent; use a new `Task` for a call that must run anyway.
///
/// After the connection is lost, every call throws `.connectionLost` until `reconnect()`, which also discards the
/// prepared statements; they are prepared again when they are next used.
public actor PostgresConnection {
    private let configuration: PostgresConfiguration
    private let thread = ConnectionThread()
    private let interrupt: Interrupt
    private var connector: Connector
    private var session: Session?
    /// Why the last attempt to connect failed.
    private var connectFailure: PostgresError?
    private var isInTransaction = false

    /// The connection's own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        thread.asUnownedSerialExecutor()
    }

    /// Connects.
    ///
    /// - Throws: `.invalidConfiguration`, `.credentialsRefused`, `.connectionFailed`, or `.cancelled`.
    public static func connect(_ configuration: PostgresConfiguration) async throws(PostgresError) -> PostgresConnection
    {
        let connection = PostgresConnection(configuration, try Interrupt())
        try await connection.reconnect()
        return connection
    }

    private init(_ configuration: PostgresConfiguration, _ interrupt: Interrupt) {
        self.configuration = configuration
        self.interrupt = interrupt
        self.connector = Connector(configuration)
    }

    isolated deinit {
        close()
    }

    /// Runs one statement.
    ///
    /// - Parameter deadline: the longest time it may take; nil uses the configuration's `statementTimeout`.
    /// - Throws: any code except `.undecodable`. A call that completed although it was cancelled or timed out returns its
    ///   result.
    @discardableResult
    public func query(
        _ statement: Statement,
        _ parameters: any PostgresEncodable...,
        deadline: Duration? = nil
    ) throws(PostgresError) -> PostgresResult {
        try query(statement, parameters: parameters, deadline: deadline)
    }

    /// Runs one statement with an array of parameters. Otherwise the same as ``query(_:_:deadline:)``.
    @discardableResult
    public func query(
        _ statement: Statement,
        parameters: [any PostgresEncodable],
        deadline: Duration? = nil
    ) throws(PostgresError) -> PostgresResult {
        let encoded = try EncodedParameters(parameters, of: statement)
        return try perform(Call(statement, limit: limit(deadline))) { session, call throws(PostgresError) in
            try session.query(statement, encoded, &call)
        }
    }

    /// Runs a text of several statements without parameters, in one transaction unless the text has its own.
    public func run(script: String, named name: String, deadline: Duration? = nil) throws(PostgresError) {
        let call = Call("script \"\(name)\"", statement: name, limit: limit(deadline))
        try perform(call) { session, call throws(PostgresError) in
            try session.run(script: script, &call)
            // The script may have changed the tables of prepared statements, or deallocated the statements.
            if !session.prepared.isEmpty && !session.isInFailedTransaction && call.abandonment == nil {
                session.prepared = [:]
                try session.run(script: "deallocate all", &call)
            }
        }
    }

    /// Runs `body` in a transaction: commits when it returns, rolls back when it throws.
    ///
    /// `body` is synchronous, so no other call can run on this connection in between.
    ///
    /// - Throws: what `body` throws; `.transactionState` inside another transaction, or if `body` ignored the error of a
    ///   failed statement.
    public func transaction<R>(_ body: @Sendable (isolated PostgresConnection) throws -> R) throws -> R {
        guard !isInTransaction else {
            throw PostgresError(.transactionState, "a transaction cannot start inside another transaction")
        }
        try control("begin; set local idle_in_transaction_session_timeout = \(idleMilliseconds)", named: "begin")
        isInTransaction = true
        defer { isInTransaction = false }
        do {
            let result = try body(self)
            if session?.isInFailedTransaction == true {
                throw PostgresError(
                    .transactionState,
                    "the transaction was rolled back: one of its statements failed, and the error was ignored"
                )
            }
            try control("commit", named: "commit", heedsCancellation: false)
            return result
        } catch {
            // If the rollback fails, the connection is lost, and then the server rolls back on its own.
            if session?.isIdle == false { try? control("rollback", named: "rollback", heedsCancellation: false) }
            throw error
        }
    }

    /// Stops the running call, on the server too; the call throws `.cancelled`. Can be called from any thread. Does
    /// nothing if no call is running, for example between the statements of a transaction.
    public nonisolated func cancel() {
        interrupt.request()
    }

    /// Closes the connection if it is open, and opens a new one.
    ///
    /// - Throws: the same as `connect`; `.transactionState` inside a transaction.
    public func reconnect() throws(PostgresError) {
        guard !isInTransaction else {
            throw PostgresError(.transactionState, "the connection cannot be replaced inside a transaction")
        }
        session = nil
        interrupt.begin()
        defer { interrupt.end() }
        do throws(PostgresError) {
            session = try connector.connect(interrupt)
            connectFailure = nil
        } catch {
            connectFailure = error
            throw error
        }
        thread.hold()
    }

    /// Whether the connection is open. One that broke while it was idle counts as open until the next call.
    public var isOpen: Bool {
        session != nil
    }

    /// Closes the connection and ends its thread. Idempotent.
    public func close() {
        session = nil
        thread.release()
    }

    /// The server's version, for example 150018 for 15.18; 0 if there is no connection.
    public var serverVersion: Int {
        session?.serverVersion ?? 0
    }

    /// The encoding of the database, for example `UTF8`; nil if there is no connection.
    public var serverEncoding: String? {
        session?.reported("server_encoding")
    }

    /// The server without the password, `host=… port=… dbname=… user=…`; empty if there is no connection.
    public var endpoint: String {
        session?.endpoint ?? ""
    }
}

extension PostgresConnection {
    private func limit(_ deadline: Duration?) -> Duration {
        deadline ?? configuration.statementTimeout
    }

    private var idleMilliseconds: Int64 { Int64(configuration.idleInTransactionTimeout / .milliseconds(1)) }

    /// Begins or ends a transaction.
    private func control(_ sql: String, named name: String, heedsCancellation: Bool = true) throws(PostgresError) {
        let statement = Statement(name, sql)
        let call = Call(statement, limit: limit(nil), heedsCancellation: heedsCancellation)
        try perform(call) { session, call throws(PostgresError) in
            try session.run(script: sql, &call)
        }
    }

    /// Runs a call on the session, and drops the session if it was lost.
    private func perform<R>(
        _ call: Call,
        _ body: (Session, inout Call) throws(PostgresError) -> R
    ) throws(PostgresError) -> R {
        guard let session else { throw noConnection(call) }
        interrupt.begin()
        defer {
            interrupt.end()
            if session.isLost { self.session = nil }
        }
        var call = call
        return try body(session, &call)
    }

    /// The error of a call without a connection: why the last attempt to connect failed, if there was one.
    private func noConnection(_ call: Call) -> PostgresError {
        let reason = connectFailure?.description ?? "the connection to Postgres was lost or closed before; reconnect"
        let isFinal = [.credentialsRefused, .invalidConfiguration].contains(connectFailure?.code)
        var error = PostgresError(
            isFinal ? connectFailure?.code ?? .connectionLost : .connectionLost,
            statement: call.statement,
            "\(call.subject) was not sent: \(reason)"
        )
        error.sqlState = connectFailure?.sqlState
        error.closedConnection = !isFinal
        return error
    }
}
