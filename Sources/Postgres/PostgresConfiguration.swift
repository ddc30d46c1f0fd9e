/// Where the database is, and how long anything may take.
public struct PostgresConfiguration: Sendable {
    /// A libpq connection string or URI, handed to libpq untouched; nil leaves everything to the `PG*` variables.
    /// https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING
    public var connectionString: String?
    /// The name in `pg_stat_activity`, unless the connection string or `PGAPPNAME` has one.
    public var applicationName: String
    /// How long connecting may take in total, whatever the number of hosts. Name resolution cannot be interrupted.
    public var connectTimeout: Duration
    /// The deadline of a call that names none; for a transfer, how long it may stand still.
    public var statementTimeout: Duration
    /// How long the server waits for the next statement of a transaction before it ends the connection, and the
    /// transaction's locks with it: this host may stand still, or be cut off, and others wait for them. Milliseconds count.
    public var idleInTransactionTimeout: Duration

    /// A configuration; without arguments, the one that the `PG*` variables describe.
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
    /// Where a connection would lead, without its password: `host=… port=… dbname=… user=…`.
    public var description: String {
        guard let connectionString, !connectionString.isEmpty else {
            return ConnectionOptions(connectionString: nil)?.summary ?? "the PG* variables"
        }
        guard ConnectionOptions.isUnambiguous(connectionString),
            let options = ConnectionOptions(connectionString: connectionString)
        else { return "a connection string that cannot be read" }
        return options.summary
    }

    /// The same as the description, so that no password is shown here either.
    public var debugDescription: String { description }

    /// So that `dump` and reflection show no password either.
    public var customMirror: Mirror {
        Mirror(self, children: ["server": description])
    }

    /// What is unsafe about the connection, one sentence each.
    public var warnings: [String] {
        guard let options = ConnectionOptions(connectionString: connectionString) else { return [] }
        // Below verify-full nobody checks whose certificate it is: anyone on the way can answer as the server.
        guard options["sslmode"] != "verify-full", let host = options.remoteHost else { return [] }
        let mode = options["sslmode"] ?? "prefer"
        return [
            "The connection to \(host) uses sslmode=\(mode), which does not check that the server is the right one: "
                + "set sslmode=verify-full, and sslrootcert to the file of its certificate authority."
        ]
    }
}
