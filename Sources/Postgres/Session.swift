import CLibPQ
import Glibc

/// One physical connection: the owner of a `PGconn`, spoken to without blocking anywhere but in `wait`.
///
/// Not `Sendable`: it lives inside one `PostgresConnection`, on its thread.
final class Session {
    let connection: OpaquePointer
    let interrupt: Interrupt
    /// The connection broke, or stands where nobody knows; it must be closed.
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

    var isIdle: Bool {
        PQtransactionStatus(connection) == PQTRANS_IDLE
    }

    /// A statement failed inside the transaction, and only a rollback will be taken.
    var isInFailedTransaction: Bool {
        PQtransactionStatus(connection) == PQTRANS_INERROR
    }
}

// MARK: Waiting

extension Session {
    /// Waits until the socket is ready for one of `events`, which are `POLLIN` and `POLLOUT`.
    ///
    /// A call that is cancelled or out of time is cancelled on the server, and waited for a little longer.
    ///
    /// - Throws: the reason it was given up for, when the server does not answer even then; the session is lost.
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

    /// Tells the server to stop. The call goes on until the server has answered.
    func abandon(_ call: inout Call, _ reason: PostgresError.Code) {
        guard call.abandonment == nil else { return }
        call.abandonment = Call.Abandonment(
            reason: reason,
            request: CancelRequest(connection, waking: interrupt),
            until: .now + Call.grace
        )
    }

    /// Waits until a cancel request has arrived, so that it cannot hit the next statement instead.
    private func settle(_ call: Call) {
        guard let abandonment = call.abandonment, let request = abandonment.request else { return }
        while !request.isDone {
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
    /// Refuses to begin what was given up already: nothing is sent.
    func begin(_ call: Call) throws(PostgresError) {
        if let reason = call.abandonment?.reason {
            throw PostgresError(reason, statement: call.statement, "\(call.subject) was given up before it began")
        }
        if call.heedsCancellation && Task.isCancelled {
            throw PostgresError(.cancelled, statement: call.statement, "\(call.subject) was cancelled before it began")
        }
    }

    /// Sends what libpq has gathered. While the server cannot take more, what it says is read: two full buffers would
    /// wait for each other.
    func flush(_ call: inout Call) throws(PostgresError) {
        // A failure to send is told by the next result, after what the server may have said before.
        while PQflush(connection) == 1 {
            let ready = try wait(for: POLLIN | POLLOUT, during: &call)
            if ready & ~POLLOUT != 0, PQconsumeInput(connection) == 0 { return }
        }
    }

    /// The results of one command: up to the end, a transfer, or a pipeline's synchronisation point.
    func receive(_ call: inout Call) throws(PostgresError) -> [ResultHandle] {
        var results: [ResultHandle] = []
        while true {
            while PQisBusy(connection) == 1 {
                try wait(for: POLLIN, during: &call)
                // When the connection is gone, PQgetResult returns what came before and then says so.
                if PQconsumeInput(connection) == 0 { break }
            }
            guard let result = PQgetResult(connection).map(ResultHandle.init) else { return results }
            results.append(result)
            if result.isCopy || result.status == PGRES_PIPELINE_SYNC { return results }
        }
    }

    /// What a finished call came to: its last result, or its first error.
    func outcome(of results: [ResultHandle], _ call: Call) throws(PostgresError) -> ResultHandle {
        settle(call)
        let failure = results.first { $0.isError }
        // Without a word from the server after the result, even a success may not have been committed. An error that
        // the server sent before it hung up says more than that it did.
        if PQstatus(connection) == CONNECTION_BAD { throw lose(failure.flatMap(ServerError.init), call) }
        if let failure {
            guard let error = ServerError(failure) else { throw lose(nil, call) }
            throw PostgresError(error, during: call)
        }
        guard let result = results.last else { throw lose(nil, call) }
        return result
    }

    /// Gives the session up.
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
            "the connection to Postgres was lost during \(call.subject)\(why); it may have taken effect or not"
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
                + "it may have taken effect or not"
        )
        error.closedConnection = true
        return error
    }
}
