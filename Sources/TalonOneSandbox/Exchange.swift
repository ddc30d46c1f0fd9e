import Foundation
import NIOCore

/// One request on its way through the sandbox.
struct Exchange: Sendable {
    let sandbox: Sandbox
    /// The request's place among all requests.
    let number: Int
    let channel: any Channel
    let settings: SandboxSettings
    let route: Route?
    let body: Data
    let authorization: String?
    let contentSignature: String?

    /// Checks the request as the API does, and carries it out.
    func act() async -> Answer {
        do throws(Refusal) {
            guard let route else { throw .notFound }
            if route.operation != .health {
                try Authenticator.check(
                    authorization: authorization,
                    contentSignature: contentSignature,
                    body: body,
                    settings: settings
                )
                guard await sandbox.admits() else { throw Refusal(status: 429, message: "Too many requests") }
            }
            return await sandbox.act(number, route, body: try parsedBody(), now: Date())
        } catch {
            return error.answer
        }
    }

    /// An absent body, `null` and `{}` are the same to operations that need none.
    private func parsedBody() throws(Refusal) -> JSON? {
        guard !body.isEmpty else { return nil }
        do {
            return try JSON.parse(body)
        } catch {
            throw Refusal(status: 400, message: "The body is not JSON")
        }
    }
}
