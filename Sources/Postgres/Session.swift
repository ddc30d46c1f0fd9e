import CLibPQ
import Glibc

/// One physical connection: owns a `PGconn` and blocks only in `wait`.
///
/// Not `Sendable`: it stays inside one `PostgresConnection`, on its thread.
final class Session {
    let connection: OpaquePointer
    let interrupt: Interrupt
    /// Whether the connection broke or is in an unknown state, and must be closed.
    private(set) var isLost = false
    /// The names under which statements are prepared on this connection.
    var prepared: [PreparedStatement: String] = [:]

    init(_ connection: OpaquePointer, interrupt: Interrupt) {
        self.connection = connection
        self.interrupt = interrupt
    }

    deinit {
        PQfinish(connection)
    }

    /// Whether no transaction is open.
    var isIdle: Bool {
        PQtransactionStatus(connection) == PQTRANS_IDLE
    }

    /// Whether a statement failed inside the transaction, so that the server accepts only a rollback.
    var isInFailedTransaction: Bool {
        PQtransactionStatus(connection) == PQTRANS_INERROR
    }
}

// MARK: Waiting

extension Session {
    /// Waits until the socket is ready for one of `events`, which are `POLLIN` and `POLLOUT`.
    ///
    /// If the call is cancelled or its deadline passes, the server is asked to stop, and the wait goes on for
    /// `Call.grace`.
    ///
    /// - Throws: `.cancelled` or `.timedOut` if the server does not answer even then; the session is lost.
    @discardableResult
    func wait(for events: Int32, during call: inout Call) throws(PostgresError) -> Int32 {
        while true {
            stopIfAsked(&call)
            if let abandonment = call.abandonment, ContinuousClock.now >= abandonment.until {
                isLost = true
                throw .unanswered(call)
            }
            let ready = interrupt.wait(socket: PQsocket(connection), events: events, atMost: call.patience)
            if ready != 0 { return ready }
        }
    }

    private func stopIfAsked(_ call: inout Call) {
        guard call.abandonment == nil, let reason = call.reasonToStop(interrupt) else { return }
        abandon(&call, reason)
    }

    /// Asks the server to stop. The call goes on until the server has answered.
    func abandon(_ call: inout Call, _ reason: PostgresError.Code) {
        guard call.abandonment == nil else { return }
        call.abandonment = Call.Abandonment(
            reason: reason,
            request: CancelRequest(connection, waking: interrupt),
            until: .now + Call.grace
        )
    }

    /// Waits until a cancel request has arrived, so that it cannot hit the next statement instead.
    func settle(_ call: Call) {
        guard let abandonment = call.abandonment else { return }
        while !abandonment.request.isDone {
            guard ContinuousClock.now < abandonment.until else {
                isLost = true
                return
            }
            _ = interrupt.wait(socket: -1, events: 0, atMost: call.patience)
        }
    }
}

// MARK: Sending and receiving

extension Session {
    /// Checks, before anything is sent, that the call was not cancelled or abandoned.
    func begin(_ call: Call) throws(PostgresError) {
        if let reason = call.abandonment?.reason {
            throw PostgresError(reason, statement: call.statement, "\(call.subject) was stopped before it began")
        }
        if call.heedsCancellation && Task.isCancelled {
            throw PostgresError(.cancelled, statement: call.statement, "\(call.subject) was cancelled before it began")
        }
    }

    /// Sends what libpq has buffered. Reads meanwhile: a server whose send buffer is full stops receiving, and the two
    /// sides would wait for each other.
    func flush(_ call: inout Call) throws(PostgresError) {
        // The next result reports a failure to send, after any message that the server sent before.
        while PQflush(connection) == 1 {
            let ready = try wait(for: POLLIN | POLLOUT, during: &call)
            if ready & ~POLLOUT != 0, PQconsumeInput(connection) == 0 { return }
        }
    }

    /// Receives the results of one command, up to its end or to the start of a copy.
    func receive(_ call: inout Call) throws(PostgresError) -> [ResultHandle] {
        var results: [ResultHandle] = []
        while true {
            while PQisBusy(connection) == 1 {
                try wait(for: POLLIN, during: &call)
                // When the connection is lost, PQgetResult returns the earlier results and then the failure.
                if PQconsumeInput(connection) == 0 { break }
            }
            guard let result = PQgetResult(connection).map(ResultHandle.init) else { return results }
            results.append(result)
            if result.isCopy { return results }
        }
    }

    /// The outcome of a finished call: its last result, or its first error.
    func outcome(of results: [ResultHandle], _ call: Call) throws(PostgresError) -> ResultHandle {
        settle(call)
        let failure = results.first { $0.isError }
        // A connection that is lost right after the result may have lost the commit too, so even a success is reported
        // as lost. An error that the server sent before it closed the connection is more precise and is included.
        if PQstatus(connection) == CONNECTION_BAD { throw lose(failure.flatMap(ServerError.init), call) }
        if let failure {
            guard let error = ServerError(failure) else { throw lose(nil, call) }
            throw explained(PostgresError(error, during: call))
        }
        guard let result = results.last else { throw lose(nil, call) }
        return result
    }

    /// The error with the cause and the advice that its SQLSTATE and the session allow.
    private func explained(_ error: PostgresError) -> PostgresError {
        switch error.sqlState {
        case "42P05", "26000":
            // Names of statements are this connection's own, so another client uses the same session of the server.
            error.followed(by: PostgresError.isPooledByTransaction, as: .invalidConfiguration)
        case "25006" where reported("in_hot_standby") == "on":
            error.followed(
                by: "the server is a standby; connect to the primary, or add target_session_attrs=read-write to the "
                    + "connection string"
            )
        case "25006":
            error.followed(
                by: "the server is a standby, or default_transaction_read_only is on for the database or the role; "
                    + "target_session_attrs=read-write in the connection string chooses a host that can write"
            )
        default: error
        }
    }

    /// Marks the session as lost.
    ///
    /// - Returns: the error to throw.
    func lose(_ failure: ServerError?, _ call: Call) -> PostgresError {
        isLost = true
        return .lost(failure, call)
    }
}

extension PostgresError {
    static func lost(_ failure: ServerError?, _ call: Call) -> PostgresError {
        let why = failure.map { ": \($0.description)" } ?? ""
        var error = PostgresError(
            .connectionLost,
            statement: call.statement,
            "the connection to Postgres was lost during \(call.subject)\(why); it may or may not have taken effect"
        )
        if let failure { error.take(failure) }
        error.closedConnection = true
        return error
    }

    static func unanswered(_ call: Call) -> PostgresError {
        let why = call.abandonment?.reason == .cancelled ? "was cancelled" : "took longer than \(call.limit)"
        var error = PostgresError(
            call.abandonment?.reason ?? .timedOut,
            statement: call.statement,
            "\(call.subject) \(why), and the server did not answer the request to stop it: the connection was closed; "
                + "the statement may or may not have taken effect"
        )
        error.closedConnection = true
        return error
    }
}
