import AsyncHTTPClient
import Foundation
import Postgres
import Store
import TalonOne

/// What commands open, and close whether or not the work in between throws.
extension DsrConfiguration {
    /// A client of the API with as many connections as calls may be in flight.
    func withTalonOne<Value>(
        connections: Int,
        _ body: (TalonOneClient) async throws -> Value
    ) async throws -> Value {
        let configuration = try talonOne()
        let transport = try TalonOneTransport(
            to: configuration,
            caFile: settings[TalonOneSettings.caFile],
            environment: ProcessInfo.processInfo.environment
        )
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: TalonOneClient.httpClientConfiguration(connections: connections, transport: transport)
        )
        return try await withResource(http, close: { try? await $0.shutdown() }) { http in
            try await body(TalonOneClient(configuration: configuration, http: http))
        }
    }

    /// The queue. Its schema is checked first.
    func withStore<Value>(_ body: (Store) async throws -> Value) async throws -> Value {
        try await withResource(try await Store.open(try database()), close: { await $0.close() }, body)
    }

    /// The database, whatever its schema.
    func withDatabase<Value>(_ body: (Store) async throws -> Value) async throws -> Value {
        try await withResource(try await Store.connect(try database()), close: { await $0.close() }, body)
    }
}
