import Foundation
import Hummingbird

/// The control interface of the sandbox: the paths under `/_sandbox/`, for callers on the same machine.
///
/// | request | effect |
/// |---|---|
/// | `GET /_sandbox/counts` | returns the ``SandboxCounts`` |
/// | `GET /_sandbox/requests` | returns the last requests, oldest first |
/// | `POST /_sandbox/faults` | installs a ``SandboxFault`` |
/// | `DELETE /_sandbox/faults` | removes all faults |
/// | `POST /_sandbox/seed` | adds a ``SandboxSeed`` |
/// | `GET /_sandbox/settings` | returns the ``SandboxSettings`` |
/// | `PATCH /_sandbox/settings` | changes the given settings |
/// | `PUT /_sandbox/settings` | changes the given settings and resets the others to their defaults |
/// | `POST /_sandbox/reset` | deletes everything except the settings |
struct SandboxControl: Sendable {
    let sandbox: Sandbox

    func respond(method: String, path: String, body: Data, isLoopback: Bool) async -> Response {
        guard isLoopback else {
            return Refusal(status: 403, message: "The control interface accepts only callers on this machine").answer
                .response()
        }
        do {
            return try await answer(method, String(path.dropFirst("/_sandbox/".count)), body)
        } catch {
            return Refusal(status: 400, message: "The body is not valid for \(method) \(path)").answer.response()
        }
    }

    private func answer(_ method: String, _ name: String, _ body: Data) async throws -> Response {
        switch (method, name) {
        case ("GET", "counts"): return try json(await sandbox.counts())
        case ("GET", "requests"): return try json(await sandbox.requests())
        case ("GET", "settings"): return try json(await sandbox.settings)
        case ("POST", "faults"): await sandbox.install(try JSONDecoder().decode(SandboxFault.self, from: body))
        case ("DELETE", "faults"): await sandbox.clearFaults()
        case ("POST", "seed"): await sandbox.seed(try JSONDecoder().decode(SandboxSeed.self, from: body).checked())
        case ("POST", "reset"): await sandbox.reset()
        case ("PATCH", "settings"), ("PUT", "settings"):
            let start = method == "PUT" ? SandboxSettings() : await sandbox.settings
            guard let changes = try JSON.parse(body).members else { throw JSON.Invalid.notJSON }
            await sandbox.update(try start.merging(changes))
        default: return Refusal.notFound.answer.response()
        }
        return Answer.noContent.response()
    }

    private func json(_ value: some Encodable) throws -> Response {
        Response(status: 200, json: try JSON.bytes(of: value))
    }
}
