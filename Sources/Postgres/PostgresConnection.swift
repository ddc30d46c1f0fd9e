public import Foundation

/// A connection to Postgres: an actor on a thread of its own.
///
/// Calls wait on that thread, never on Swift's cooperative pool, and run one after another. Every call has a deadline
/// and heeds the cancellation of its task: the server is told to stop, and the connection stays usable if it does. A
/// call in a task that is cancelled already is not sent; what must be said nevertheless belongs into a new `Task`.
///
/// When the connection is lost, every call throws `.connectionLost` until `reconnect()`; statements are prepared again
/// by themselves.
public actor PostgresConnection {
    private let configuration: PostgresConfiguration
    private let thread = ConnectionThread()
    private let interrupt: Interrupt
    private var session: Session?
    private var isInTransaction = false

    /// The connection's own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        thread.asUnownedSerialExecutor()
    }

    /// Connects.
    ///
    /// - Throws: `.invalidConfiguration`, `.connectionFailed`, or `.cancelled`.
    public static func connect(_ configuration: PostgresConfiguration) async throws(PostgresError) -> PostgresConnection
    {
        let connection = PostgresConnection(configuration, try Interrupt())
        try await connection.reconnect()
        return connection
    }

    private init(_ configuration: PostgresConfiguration, _ interrupt: Interrupt) {
        self.configuration = configuration
        self.interrupt = interrupt
    }

    isolated deinit {
        close()
    }

    /// Runs one statement.
    ///
    /// - Parameter deadline: how long it may take; `statementTimeout` if nil.
    /// - Throws: any code but `.undecodable`. A call that was cancelled or timed out but completed nevertheless returns
    ///   its result.
    @discardableResult
    public func query(
        _ statement: Statement,
        _ parameters: any PostgresEncodable...,
        deadline: Duration? = nil
    ) throws(PostgresError) -> PostgresResult {
        try query(statement, parameters: parameters, deadline: deadline)
    }

    /// Runs a statement whose parameters come as a list; otherwise as ``query(_:_:deadline:)``.
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

    /// Runs a text of several statements, which must not have parameters, in one transaction unless it has its own.
    public func run(script: String, named name: String, deadline: Duration? = nil) throws(PostgresError) {
        let call = Call("script \"\(name)\"", statement: name, limit: limit(deadline))
        try perform(call) { session, call throws(PostgresError) in
            try session.run(script: script, &call)
            // The script may have changed tables that prepared statements read, or dropped the statements themselves.
            if !session.prepared.isEmpty && !session.isInFailedTransaction && call.abandonment == nil {
                session.prepared = [:]
                try session.run(script: "deallocate all", &call)
            }
        }
    }

    /// Runs `body` in a transaction: commits when it returns, rolls back when it throws.
    ///
    /// Nothing else can come between, for the body cannot wait for anything but this connection.
    ///
    /// - Throws: what `body` throws; `.transactionState` inside another transaction, or when a statement failed and
    ///   `body` returned nevertheless.
    public func transaction<R>(_ body: @Sendable (isolated PostgresConnection) throws -> R) throws -> R {
        guard !isInTransaction else {
            throw PostgresError(.transactionState, "a transaction cannot be begun inside another")
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
            // If this fails, the connection is lost, and the server rolls back by itself.
            if session?.isIdle == false { try? control("rollback", named: "rollback", heedsCancellation: false) }
            throw error
        }
    }

    /// Runs several statements in one round trip and, unless a transaction is open, in one of their own.
    ///
    /// - Returns: a result for each.
    /// - Throws: the error of the first that failed; none has taken effect then.
    public func pipeline(
        _ items: [(Statement, [any PostgresEncodable])],
        deadline: Duration? = nil
    ) throws(PostgresError) -> [PostgresResult] {
        var encoded: [(statement: Statement, parameters: EncodedParameters)] = []
        for (statement, parameters) in items {
            encoded.append((statement, try EncodedParameters(parameters, of: statement)))
        }
        return try perform(Call("a pipeline", limit: limit(deadline))) { session, call throws(PostgresError) in
            try session.pipeline(encoded, &call)
        }
    }

    /// Sends rows to a `COPY … FROM STDIN`.
    ///
    /// - Parameter rows: pieces of the stream in the format that the statement names, line ends included; they need not
    ///   be whole rows.
    /// - Returns: the number of rows copied.
    public func copyIn(_ sql: Statement, rows: some Sequence<Data>) throws(PostgresError) -> Int {
        try perform(Call(sql, limit: limit(nil))) { session, call throws(PostgresError) in
            try session.copyIn(sql, rows, &call)
        }
    }

    /// Receives the rows of a `COPY … TO STDOUT` one by one, in constant memory.
    ///
    /// - Parameter each: takes a row in the format that the statement names, its line end included. What it throws ends
    ///   the transfer.
    /// - Returns: the number of rows.
    public func copyOut(_ sql: Statement, _ each: (Data) throws -> Void) throws -> Int {
        var thrown: (any Error)?
        let count = try perform(Call(sql, limit: limit(nil))) { session, call throws(PostgresError) in
            try session.copyOut(sql, &call) { row in
                do {
                    try each(row)
                    return true
                } catch {
                    thrown = error
                    return false
                }
            }
        }
        if let thrown { throw thrown }
        return count ?? 0
    }

    /// Stops what the connection is doing, on the server too; its call throws `.cancelled`. May be called from anywhere
    /// at any time, and does nothing when no call is running, as between the statements of a transaction.
    public nonisolated func cancel() {
        interrupt.request()
    }

    /// Closes the connection, if it is open, and makes a new one.
    ///
    /// - Throws: as `connect` does; `.transactionState` inside a transaction.
    public func reconnect() throws(PostgresError) {
        guard !isInTransaction else {
            throw PostgresError(.transactionState, "a connection cannot be replaced inside a transaction")
        }
        session = nil
        interrupt.begin()
        defer { interrupt.end() }
        session = try Session.connect(configuration, interrupt)
        thread.hold()
    }

    /// Whether calls can be made. A connection that broke while nobody used it looks open until the next call.
    public var isOpen: Bool {
        session != nil
    }

    /// Closes the connection; its thread ends. May be called again.
    public func close() {
        session = nil
        thread.release()
    }

    /// For example 150018 for 15.18; 0 when there is no connection.
    public var serverVersion: Int {
        session?.serverVersion ?? 0
    }

    /// Where the connection leads: `host=… port=… dbname=… user=…`; empty when there is none.
    public var endpoint: String {
        session?.endpoint ?? ""
    }
}

extension PostgresConnection {
    private func limit(_ deadline: Duration?) -> Duration {
        deadline ?? configuration.statementTimeout
    }

    /// Begins or ends a transaction.
    private var idleMilliseconds: Int64 { Int64(configuration.idleInTransactionTimeout / .milliseconds(1)) }

    private func control(_ sql: String, named name: String, heedsCancellation: Bool = true) throws(PostgresError) {
        let statement = Statement(name, sql)
        let call = Call(statement, limit: limit(nil), heedsCancellation: heedsCancellation)
        try perform(call) { session, call throws(PostgresError) in
            try session.run(script: sql, &call)
        }
    }

    /// Makes a call on the session, and drops the session if it is lost by it.
    private func perform<R>(
        _ call: Call,
        _ body: (Session, inout Call) throws(PostgresError) -> R
    ) throws(PostgresError) -> R {
        guard let session else {
            var error = PostgresError(
                .connectionLost,
                statement: call.statement,
                "there is no connection to Postgres for \(call.subject): it was lost or closed before; reconnect"
            )
            error.closedConnection = true
            throw error
        }
        interrupt.begin()
        defer {
            interrupt.end()
            if session.isLost { self.session = nil }
        }
        var call = call
        return try body(session, &call)
    }
}
