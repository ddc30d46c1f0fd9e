import CLibPQ
import Foundation

extension Session {
    /// Connects, giving up after `connectTimeout` in all or when the call or its task is cancelled.
    static func connect(_ configuration: PostgresConfiguration, _ interrupt: Interrupt) throws(PostgresError) -> Session
    {
        let call = Call("connecting", limit: configuration.connectTimeout)
        let parameters = try ConnectionParameters(configuration)
        guard let connection = parameters.withPointers({ PQconnectStartParams($0, $1, 1) }) else {
            throw PostgresError(.connectionFailed, "cannot connect to Postgres: out of memory")
        }
        let session = Session(connection, interrupt: interrupt)
        // libpq would print notices on standard error, and they may hold data.
        PQsetNoticeProcessor(connection, { _, _ in }, nil)

        guard PQstatus(connection) != CONNECTION_BAD else { throw session.failure(configuration) }
        // As if PQconnectPoll had just asked to write. Its socket may be another one after every call.
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

    /// Where the connection leads, without a password.
    var endpoint: String {
        let parts = [
            ("host", PQhost(connection)), ("port", PQport(connection)),
            ("dbname", PQdb(connection)), ("user", PQuser(connection)),
        ]
        return parts.map { "\($0)=\($1.map { String(cString: $0) } ?? "?")" }.joined(separator: " ")
    }

    /// For example 150018.
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
                        + "Check the host, the port, and what stands between."
                )
            case nil:
                if interrupt.wait(socket: PQsocket(connection), events: events, atMost: call.patience) != 0 { return }
            }
        }
    }

    /// libpq's own words, in one line. They name host, port, database and user, and no password.
    private func failure(_ configuration: PostgresConfiguration) -> PostgresError {
        guard configuration.connectionString.map(ConnectionOptions.isUnambiguous) ?? true else {
            return PostgresError(
                .connectionFailed,
                "cannot connect to Postgres, and the connection URI may have a password with an @, / or ? in it: "
                    + "percent-encode them (%40, %2F, %3F)"
            )
        }
        let lines = String(cString: PQerrorMessage(connection)).split(separator: "\n")
        let message = lines.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        return PostgresError(
            .connectionFailed,
            "cannot connect to Postgres: \(message.joined(separator: ". ")). "
                .replacing("?. ", with: "? ") + "Check the connection string or the PG* variables."
        )
    }
}
