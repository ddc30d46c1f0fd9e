import AsyncHTTPClient
import Foundation
import TalonOne
import TalonOneSandbox
import Testing

/// A sandbox and an HTTP client, connected over a loopback socket.
struct Fixture: Sendable {
    let server: SandboxServer
    let http: HTTPClient

    var sandbox: Sandbox { server.sandbox }

    func client(
        _ authentication: Authentication = .apiKey("sandbox"),
        dialect: TalonOneConfiguration.Dialect = .discover,
        deadline: Duration = .seconds(20),
        bodyCap: Int = 1024 * 1024,
        emptyBodySignature: TalonOneConfiguration.EmptyBodySignature = .signEmpty
    ) throws -> TalonOneClient {
        let configuration = try TalonOneConfiguration(
            baseURL: server.baseURL,
            authentication: authentication,
            dialect: dialect,
            deadline: deadline,
            bodyCap: bodyCap,
            emptyBodySignature: emptyBodySignature
        )
        return TalonOneClient(configuration: configuration, http: http)
    }

    /// The request lines received so far.
    func lines() async -> [String] {
        await sandbox.requests().map { "\($0.method) \($0.target)" }
    }
}

extension TalonOneAnswer {
    /// The body as JSON; an empty body is `null`.
    func json() throws -> JSONValue {
        body.isEmpty ? .null : try JSONDecoder().decode(JSONValue.self, from: body)
    }
}

extension JSONValue {
    /// The value at a path of member names and indices: `coupons.0.value`.
    subscript(path: String) -> JSONValue? {
        var value: JSONValue? = self
        for key in path.split(separator: ".") {
            switch value {
            case .object(let members): value = members[String(key)]
            case .array(let values): value = Int(key).flatMap { values.indices.contains($0) ? values[$0] : nil }
            default: return nil
            }
        }
        return value
    }

    /// One member of every object in the list at a path; `nil` if there is no list.
    func values(of member: String, in path: String) -> [JSONValue?]? {
        guard case .array(let list) = self[path] else { return nil }
        return list.map { $0[member] }
    }
}

/// Runs a test against a new sandbox with the demo's master data, then stops the sandbox and the client.
func withSandbox<Result>(
    _ settings: SandboxSettings = SandboxSettings(),
    connections: Int = 8,
    _ body: (Fixture) async throws -> Result
) async throws -> Result {
    let server = try await SandboxServer.start(settings: settings)
    await server.sandbox.seed(.demo)
    let http = HTTPClient(
        eventLoopGroupProvider: .singleton,
        configuration: TalonOneClient.httpClientConfiguration(connections: connections)
    )
    let fixture = Fixture(server: server, http: http)
    do {
        let result = try await body(fixture)
        try await http.shutdown()
        await server.stop()
        return result
    } catch {
        try? await http.shutdown()
        await server.stop()
        throw error
    }
}

/// The error of a call that must fail.
func failure<Answer>(
    of call: () async throws -> Answer,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws -> TalonOneError {
    try #require(
        await #expect(throws: TalonOneError.self, sourceLocation: sourceLocation) { _ = try await call() },
        sourceLocation: sourceLocation
    )
}
