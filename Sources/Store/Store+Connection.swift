public import Postgres

extension Store {
    /// Connects, runs a body, and closes the connection, whatever happens in the body.
    ///
    /// - Throws: ``StoreError`` `.unreachable`, `.credentials` or `.configuration`, and what the body throws.
    public static func withConnection<Value>(
        _ configuration: PostgresConfiguration,
        _ body: (Store) async throws -> Value
    ) async throws -> Value {
        try await connect(configuration).closing(after: body)
    }

    /// Runs a body, and closes the connection, whatever happens in the body.
    public func closing<Value>(after body: (Store) async throws -> Value) async throws -> Value {
        do {
            let value = try await body(self)
            await close()
            return value
        } catch {
            await close()
            throw error
        }
    }

    /// Checks the database, and closes the connection where it does not pass.
    ///
    /// - Returns: The store itself.
    public func closing(unless check: (Store) async throws -> Void) async throws -> Store {
        do {
            try await check(self)
            return self
        } catch {
            await close()
            throw error
        }
    }
}
