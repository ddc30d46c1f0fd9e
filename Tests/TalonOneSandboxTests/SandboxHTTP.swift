import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TalonOneSandbox

/// A caller that sends raw requests, as official SDKs of any generation do.
struct Caller: Sendable {
    let server: SandboxServer
    let http: HTTPClient
    var sandbox: Sandbox { server.sandbox }

    @discardableResult
    func send(
        _ method: String,
        _ target: String,
        _ body: String? = nil,
        headers: [String: String] = ["Authorization": "ApiKey-v1 sandbox"]
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: server.baseURL + target)
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await http.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        return Reply(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 }),
            text: String(buffer: bytes)
        )
    }

    struct Reply: Sendable {
        let status: Int
        let headers: [String: String]
        let text: String

        /// The names of the members of the body, sorted.
        var members: [String] {
            let value = try? JSONSerialization.jsonObject(with: Data(text.utf8))
            return (value as? [String: Any] ?? [:]).keys.sorted()
        }

        /// The value at a path in the body as text, for example `profile.attributes.Name`.
        subscript(path: String) -> String? {
            var value = try? JSONSerialization.jsonObject(with: Data(text.utf8))
            for key in path.split(separator: ".") {
                if let list = value as? [Any], let index = Int(key), list.indices.contains(index) {
                    value = list[index]
                } else {
                    value = (value as? [String: Any])?[String(key)]
                }
            }
            return value.map { "\($0)" }
        }
    }
}

/// Runs a test against a new sandbox with the demo's master data, then stops the sandbox.
func withSandbox(
    _ settings: SandboxSettings = SandboxSettings(),
    _ body: (Caller) async throws -> Void
) async throws {
    let server = try await SandboxServer.start(settings: settings)
    await server.sandbox.seed(.demo)
    let http = HTTPClient(eventLoopGroupProvider: .singleton)
    do {
        try await body(Caller(server: server, http: http))
    } catch {
        try? await http.shutdown()
        await server.stop()
        throw error
    }
    try await http.shutdown()
    await server.stop()
}
