/// The connection string, the timeouts and the application name of a connection.
public struct PostgresConfiguration: Sendable {
    /// A libpq connection string or URI; nil uses the `PG*` environment variables alone.
    /// https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING
    public var connectionString: String?
    /// The name in `pg_stat_activity`, unless the connection string or `PGAPPNAME` sets one.
    public var applicationName: String
    /// The longest time for connecting to one address of one host, unless the connection string, the service file or
    /// `PGCONNECT_TIMEOUT` sets one.
    public var connectTimeout: Duration
    /// The longest time for connecting if the user has set `connect_timeout=0`, which means none.
    public var connectPatience: Duration
    /// The deadline of a call that does not set one.
    public var statementTimeout: Duration
    /// How long the server waits for the next statement of a transaction before it closes the connection, with a
    /// resolution of 1 ms. Otherwise a host that hangs or is disconnected would keep its locks while others wait.
    public var idleInTransactionTimeout: Duration

    /// The schemas in which names without a schema are looked for; nil leaves it to the server. A role or a database may
    /// have set another path, with other functions and operators in front of Postgres' own.
    public var searchPath: String?
    /// The longest time for which a statement waits for a lock, with a resolution of 1 ms; `nil` for the statement's own
    /// deadline.
    public var lockTimeout: Duration?

    /// A configuration; without arguments, that of the `PG*` environment variables.
    public init(
        connectionString: String? = nil,
        applicationName: String = "dsr",
        connectTimeout: Duration = .seconds(10),
        connectPatience: Duration = .seconds(300),
        statementTimeout: Duration = .seconds(60),
        idleInTransactionTimeout: Duration = .seconds(10),
        searchPath: String? = nil
    ) {
        self.connectionString = connectionString
        self.applicationName = applicationName
        self.connectTimeout = connectTimeout
        self.connectPatience = connectPatience
        self.statementTimeout = statementTimeout
        self.idleInTransactionTimeout = idleInTransactionTimeout
        self.searchPath = searchPath
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The server without the password: `host=… port=… dbname=… user=…`.
    public var description: String {
        (try? ConnectionOptions(connectionString: connectionString).summary) ?? "an invalid connection string"
    }

    /// The description, so that the password is not shown here either.
    public var debugDescription: String { description }

    /// The description alone, so that `dump` and reflection do not show the password.
    public var customMirror: Mirror {
        Mirror(self, children: ["server": description])
    }

    /// Warnings about an unsafe connection, one sentence each.
    public var warnings: [String] {
        guard let options = try? ConnectionOptions(connectionString: connectionString) else { return [] }
        // Below verify-full, the certificate may be another host's: an attacker on the network can pose as the server.
        guard options["sslmode"] != "verify-full", let host = options.remoteHost else { return [] }
        let mode = options["sslmode"] ?? "prefer"
        return [
            "The connection to \(host) uses sslmode=\(mode), which does not verify the server's identity: "
                + "set sslmode=verify-full, and set sslrootcert to the certificate file of its authority."
        ]
    }
}
