public import Postgres

/// The database of dsr: every statement by name, rows as values.
///
/// A value that shares one connection. Statements run one after another on the connection's own thread. What is thrown
/// is a ``StoreError``.
public struct Store: Sendable {
    let connection: PostgresConnection

    /// A store over a connection, for a schema that ``requireCurrentSchema()`` has found to be current.
    public init(connection: PostgresConnection) {
        self.connection = connection
    }

    /// Connects and checks the schema.
    ///
    /// - Throws: ``StoreError`` `.unreachable`, `.credentials`, `.configuration` or `.schema`.
    public static func open(_ configuration: PostgresConfiguration) async throws -> Store {
        try await connect(configuration).closing(unless: { try await $0.requireCurrentSchema() })
    }

    /// Connects without checking the schema, for the command that migrates it.
    ///
    /// - Throws: ``StoreError`` `.unreachable`, `.credentials` or `.configuration`.
    public static func connect(_ configuration: PostgresConfiguration) async throws -> Store {
        var configuration = configuration
        configuration.searchPath = "pg_catalog, pg_temp"
        // Before the statement's own deadline, so that there is time left to say who holds the lock.
        configuration.lockTimeout = configuration.statementTimeout / 2
        let settings = configuration
        return try await translatingErrors {
            Store(connection: try await PostgresConnection.connect(settings))
        }.closing(unless: { try await $0.requireSuitableServer() })
    }

    /// Opens the connection again after it was lost.
    public func reconnect() async throws {
        try await translatingErrors { try await connection.reconnect() }
    }

    /// Closes the connection.
    public func close() async {
        await connection.close()
    }
}

// MARK: - Statements

extension Store {
    /// Runs one statement.
    @discardableResult
    func query(
        _ statement: Statement,
        _ parameters: [any PostgresEncodable] = [],
        deadline: Duration? = nil
    ) async throws -> PostgresResult {
        try await translatingErrors {
            try await connection.query(statement, parameters: parameters, deadline: deadline)
        }
    }

    /// Runs one statement and turns its rows into values. A wrong type or NULL is an error that names statement and
    /// column.
    func rows<Value>(
        _ statement: Statement,
        _ parameters: [any PostgresEncodable] = [],
        _ decode: (PostgresRow) throws -> Value
    ) async throws -> [Value] {
        let result = try await query(statement, parameters)
        return try await Self.translatingErrors { try result.map(decode) }
    }

    /// Runs one statement that returns exactly one row.
    func row<Value>(
        _ statement: Statement,
        _ parameters: [any PostgresEncodable] = [],
        _ decode: (PostgresRow) throws -> Value
    ) async throws -> Value {
        guard let value = try await rows(statement, parameters, decode).first else {
            throw StoreError(.statement, "statement \"\(statement.name)\" returned no row")
        }
        return value
    }

    /// Runs statements in one transaction.
    func transaction<Value: Sendable>(
        _ body: @Sendable (isolated PostgresConnection) throws -> Value
    ) async throws -> Value {
        try await translatingErrors { try await connection.transaction(body) }
    }

    /// Runs a script of several commands.
    func run(script: String, named name: String) async throws {
        try await translatingErrors { try await connection.run(script: script, named: name) }
    }

    /// The one place where an error of the connection becomes a ``StoreError``.
    private static func translatingErrors<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as PostgresError {
            throw StoreError(error)
        }
    }

    /// The same, with who holds the lock where a statement waited for one in vain.
    private func translatingErrors<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await Self.translatingErrors(body)
        } catch let error as StoreError where error.cause?.sqlState == "55P03" {
            let holders = try? await connection.query(Self.lockHolders).map { row in
                "process \(try row.decode("process", as: Int.self)) of role \(try row.decode("role", as: String.self))"
            }
            throw error.waiting(for: holders ?? [])
        }
    }

    // Who waits for a lock holds locks as well, and is in the way of nobody for long.
    private static let lockHolders = Statement(
        "look who holds locks",
        """
        select distinct l.pid as process, coalesce(a.usename::text, 'unknown') as role
        from pg_locks l
        join pg_class c on c.oid = l.relation and c.relnamespace = to_regnamespace('dsr')
        left join pg_stat_activity a on a.pid = l.pid
        where l.locktype = 'relation' and l.granted and l.mode <> 'AccessShareLock' and l.pid <> pg_backend_pid()
          and l.database = (select d.oid from pg_database d where d.datname = current_database())
          and not exists (select from pg_locks w where w.pid = l.pid and not w.granted)
        order by process
        """
    )
}
