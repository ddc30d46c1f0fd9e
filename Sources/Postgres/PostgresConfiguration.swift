/// The connection string, the timeouts and the application name of a connection.
public struct PostgresConfiguration: Sendable {
    /// A libpq connection string or URI, passed to libpq unchanged; nil uses the `PG*` environment variables alone.
    /// https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING
    public var connectionString: String?
    /// The name in `pg_stat_activity`, unless the connection string or `PGAPPNAME` sets one.
    public var applicationName: String
    /// The longest time for connecting, over all hosts together. Name resolution cannot be interrupted.
    public var connectTimeout: Duration
    /// The deadline of a call that does not set one.
    public var statementTimeout: Duration
    /// How long the server waits for the next statement of a transaction before it closes the connection, with a
    /// resolution of 1 ms. Otherwise a host that hangs or is disconnected would keep its locks while others wait.
    public var idleInTransactionTimeout: Duration

    /// A configuration; without arguments, that of the `PG*` environment variables.
    public init(
        connectionString: String? = nil,
        applicationName: String = "dsr",
        connectTimeout: Duration = .seconds(10),
        statementTimeout: Duration = .seconds(60),
        idleInTransactionTimeout: Duration = .seconds(10)
    ) {
        self.connectionString = connectionString
        self.applicationName = applicationName
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.idleInTransactionTimeout = idleInTransactionTimeout
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The server without the password: `host=… port=… dbname=… user=…`.
    public var description: String {
        guard let connectionString, !connectionString.isEmpty else {
            return ConnectionOptions(connectionString: nil)?.summary ?? "the PG* environment variables"
        }
        guard ConnectionOptions.isUnambiguous(connectionString),
            let options = ConnectionOptions(connectionString: connectionString)
        else { return "an invalid connection string" }
        return options.summary
    }

    /// The description, so that the password is not shown here either.
    public var debugDescription: String { description }

    /// The description alone, so that `dump` and reflection do not show the password.
    public var customMirror: Mirror {
        Mirror(self, children: ["server": description])
    }

    /// Warnings about an unsafe connection, one sentence each.
    public var warnings: [String] {
        guard let options = ConnectionOptions(connectionString: connectionString) else { return [] }
        // Below verify-full, the certificate may be another host's: an attacker on the network can pose as the server.
        guard options["sslmode"] != "verify-full", let host = options.remoteHost else { return [] }
        let mode = options["sslmode"] ?? "prefer"
        return [
            "The connection to \(host) uses sslmode=\(mode), which does not verify the server's identity: "
                + "set sslmode=verify-full, and set sslrootcert to the certificate file of its authority."
        ]
    }
}
