import AsyncHTTPClient
import Foundation
import Postgres
import Store
import SubjectRequests
import TalonOne

/// What commands open, and close whether or not the work in between throws.
extension DsrConfiguration {
    /// A client of the API with as many connections as calls may be in flight.
    func withTalonOne<Value>(
        connections: Int,
        _ body: (TalonOneClient) async throws -> Value
    ) async throws -> Value {
        let configuration = try talonOne()
        let caFile = settings[TalonOneSettings.caFile]
        if let caFile {
            try InputFile.requireIntegrity(caFile, as: "the file that \(TalonOneSettings.caFile.name) names")
        }
        let transport = try TalonOneTransport(
            to: configuration,
            caFile: caFile,
            environment: ProcessInfo.processInfo.environment
        )
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: TalonOneClient.httpClientConfiguration(
                connections: connections,
                connectTimeout: min(.seconds(10), configuration.deadline),
                transport: transport
            )
        )
        return try await withResource(http, close: { try? await $0.shutdown() }) { http in
            try await body(TalonOneClient(configuration: configuration, http: http))
        }
    }

    /// The queue. Its schema is checked first.
    func withStore<Value>(_ body: (Store) async throws -> Value) async throws -> Value {
        try await Store.open(try database()).closing(after: body)
    }

    /// The queue, for a command that acts on it: says on standard error for which environment and host.
    ///
    /// - Throws: ``StoreError`` `.deployment` where the queue belongs to another one.
    func withQueue<Value>(_ body: (Store) async throws -> Value) async throws -> Value {
        let (environment, host) = (try environment(), try host())
        return try await withStore { store in
            let pinned = try await store.deployment()
            Terminal.note(environment, at: host ?? pinned.deployment?.host)
            try pinned.require(environment, at: host)
            return try await body(store)
        }
    }

    /// The database, whatever its schema.
    func withDatabase<Value>(_ body: (Store) async throws -> Value) async throws -> Value {
        try await Store.withConnection(try database(), body)
    }
}

extension Terminal {
    /// Says where a command acts.
    static func note(_ environment: Environment, at host: String?) {
        note("Environment: \(environment.rawValue)\(host.map { " at \($0)" } ?? "")")
    }
}
