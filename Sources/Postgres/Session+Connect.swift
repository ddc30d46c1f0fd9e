import CLibPQ
import Foundation

extension Session {
    /// Connects. Fails when `connectTimeout` is over or the task is cancelled.
    static func connect(_ configuration: PostgresConfiguration, _ interrupt: Interrupt) throws(PostgresError) -> Session
    {
        let call = Call("connecting", limit: configuration.connectTimeout)
        let parameters = try ConnectionParameters(configuration)
        guard let connection = parameters.withPointers({ PQconnectStartParams($0, $1, 1) }) else {
            throw PostgresError(.connectionFailed, "cannot connect to Postgres: out of memory")
        }
        let session = Session(connection, interrupt: interrupt)
        // By default libpq prints notices, which may contain data, to standard error.
        PQsetNoticeProcessor(connection, { _, _ in }, nil)

        guard PQstatus(connection) != CONNECTION_BAD else { throw session.failure(configuration) }
        // libpq requires to begin as if PQconnectPoll had asked to write. The socket can change with every call.
        var events = POLLOUT
        while true {
            try session.waitToConnect(for: events, call, configuration)
            switch PQconnectPoll(connection) {
            case PGRES_POLLING_READING: events = POLLIN
            case PGRES_POLLING_WRITING: events = POLLOUT
            case PGRES_POLLING_OK:
                PQsetnonblocking(connection, 1)
                return session
            default: throw session.failure(configuration)
            }
        }
    }

    /// The server without the password.
    var endpoint: String {
        let parts = [
            ("host", PQhost(connection)), ("port", PQport(connection)),
            ("dbname", PQdb(connection)), ("user", PQuser(connection)),
        ]
        return parts.map { "\($0)=\($1.map { String(cString: $0) } ?? "?")" }.joined(separator: " ")
    }

    /// The server's version, for example 150018 for 15.18.
    var serverVersion: Int {
        Int(PQserverVersion(connection))
    }

    private func waitToConnect(
        for events: Int32,
        _ call: Call,
        _ configuration: PostgresConfiguration
    ) throws(PostgresError) {
        while true {
            switch call.reasonToStop(interrupt) {
            case .some(.cancelled):
                throw PostgresError(.cancelled, "connecting to Postgres was cancelled")
            case .some:
                throw PostgresError(
                    .connectionFailed,
                    "cannot connect to Postgres (\(configuration)): no answer within \(call.limit). "
                        + "Check the host, the port, and the firewalls in between."
                )
            case nil:
                if interrupt.wait(socket: PQsocket(connection), events: events, atMost: call.patience) != 0 { return }
            }
        }
    }

    /// The error with libpq's message on one line, which names host, port, database and user, but not the password.
    private func failure(_ configuration: PostgresConfiguration) -> PostgresError {
        guard configuration.connectionString.map(ConnectionOptions.isUnambiguous) ?? true else {
            return PostgresError(
                .connectionFailed,
                "cannot connect to Postgres; the password in the connection URI may contain @, / or ?: "
                    + "percent-encode them as %40, %2F and %3F"
            )
        }
        let lines = String(cString: PQerrorMessage(connection)).split(separator: "\n")
        let message = lines.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        return PostgresError(
            .connectionFailed,
            "cannot connect to Postgres: \(message.joined(separator: ". ")). "
                .replacing("?. ", with: "? ") + "Check the connection string or the PG* environment variables."
        )
    }
}
