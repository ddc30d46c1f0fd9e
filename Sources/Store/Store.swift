public import Postgres

/// The database as dsr sees it: every statement by name, rows as types.
///
/// A value that shares one connection. Statements run one after another on the connection's own thread.
public struct Store: Sendable {
    let connection: PostgresConnection

    /// A store over a connection, for a schema that ``requireCurrentSchema()`` has found to be current.
    public init(connection: PostgresConnection) {
        self.connection = connection
    }

    /// Connects and checks the schema.
    ///
    /// - Throws: ``StoreError`` `.unreachable` or `.schema`.
    public static func open(_ configuration: PostgresConfiguration) async throws(StoreError) -> Store {
        let store = try await connect(configuration)
        do {
            try await store.requireCurrentSchema()
        } catch {
            await store.close()
            throw error
        }
        return store
    }

    /// Connects without a look at the schema, for what brings it up to date.
    ///
    /// - Throws: ``StoreError`` `.unreachable`.
    public static func connect(_ configuration: PostgresConfiguration) async throws(StoreError) -> Store {
        do {
            return Store(connection: try await PostgresConnection.connect(configuration))
        } catch {
            throw StoreError(error)
        }
    }

    /// Closes the connection.
    public func close() async {
        await connection.close()
    }

    /// Runs one statement, its error translated.
    func query(
        _ statement: Statement,
        _ parameters: [any PostgresEncodable],
        deadline: Duration? = nil
    ) async throws(StoreError) -> PostgresResult {
        do {
            return try await connection.query(statement, parameters: parameters, deadline: deadline)
        } catch {
            throw StoreError(error)
        }
    }

    /// Runs statements in one transaction, their errors translated.
    func transaction<Value: Sendable>(
        _ body: @Sendable (isolated PostgresConnection) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await connection.transaction(body)
        } catch let error as PostgresError {
            throw StoreError(error)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.statement, "a transaction broke off")
        }
    }

    /// Turns rows into values, a wrong type or NULL into an error that names statement and column.
    func rows<Value>(
        _ statement: Statement,
        _ parameters: [any PostgresEncodable],
        _ decode: (PostgresRow) throws(PostgresError) -> Value
    ) async throws(StoreError) -> [Value] {
        let result = try await query(statement, parameters)
        var values: [Value] = []
        values.reserveCapacity(result.count)
        do throws(PostgresError) {
            for row in result { values.append(try decode(row)) }
        } catch {
            throw StoreError(error)
        }
        return values
    }
}

extension Store {
    /// Opens the connection again after it was lost.
    public func reconnect() async throws(StoreError) {
        do {
            try await connection.reconnect()
        } catch {
            throw StoreError(error)
        }
    }
}
