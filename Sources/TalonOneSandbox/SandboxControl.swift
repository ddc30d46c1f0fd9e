import Foundation
import Hummingbird

/// The switches over HTTP, for callers on the same machine: everything under `/_sandbox/`.
///
/// | request | what |
/// |---|---|
/// | `GET /_sandbox/counts` | ``SandboxCounts`` |
/// | `GET /_sandbox/requests` | the last requests, oldest first |
/// | `POST /_sandbox/faults` | install a ``SandboxFault`` |
/// | `DELETE /_sandbox/faults` | end all misbehaviour |
/// | `POST /_sandbox/seed` | add a ``SandboxSeed`` |
/// | `GET /_sandbox/settings` | the ``SandboxSettings`` |
/// | `PATCH /_sandbox/settings` | change some of them |
/// | `PUT /_sandbox/settings` | the same, and defaults for the rest |
/// | `POST /_sandbox/reset` | forget everything but the settings |
struct SandboxControl: Sendable {
    let sandbox: Sandbox

    func respond(method: String, path: String, body: Data, isLoopback: Bool) async -> Response {
        guard isLoopback else {
            return Refusal(status: 403, message: "Only callers on this machine may do that").answer.response()
        }
        do {
            return try await answer(method, String(path.dropFirst("/_sandbox/".count)), body)
        } catch {
            return Refusal(status: 400, message: "The body is not what \(method) \(path) takes").answer.response()
        }
    }

    private func answer(_ method: String, _ name: String, _ body: Data) async throws -> Response {
        switch (method, name) {
        case ("GET", "counts"): return try json(await sandbox.counts())
        case ("GET", "requests"): return try json(await sandbox.requests())
        case ("GET", "settings"): return try json(await sandbox.settings)
        case ("POST", "faults"): await sandbox.install(try JSONDecoder().decode(SandboxFault.self, from: body))
        case ("DELETE", "faults"): await sandbox.clearFaults()
        case ("POST", "seed"): await sandbox.seed(try JSONDecoder().decode(SandboxSeed.self, from: body))
        case ("POST", "reset"): await sandbox.reset()
        case ("PATCH", "settings"), ("PUT", "settings"):
            let start = method == "PUT" ? SandboxSettings() : await sandbox.settings
            let changes = try JSONDecoder().decode([String: JSON].self, from: body)
            await sandbox.update(try start.merging(changes))
        default: return Refusal.notFound.answer.response()
        }
        return Answer.noContent.response()
    }

    private func json(_ value: some Encodable) throws -> Response {
        Response(status: 200, json: try JSON.bytes(of: value))
    }
}
