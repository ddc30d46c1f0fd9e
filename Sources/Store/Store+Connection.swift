public import Postgres

extension Store {
    /// Connects, runs a body, and closes the connection, whatever happens in the body.
    ///
    /// - Throws: ``StoreError`` `.unreachable`, `.credentials` or `.configuration`, and what the body throws.
    public static func withConnection<Value>(
        _ configuration: PostgresConfiguration,
        _ body: (Store) async throws -> Value
    ) async throws -> Value {
        let store = try await connect(configuration)
        do {
            let value = try await body(store)
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }
}
