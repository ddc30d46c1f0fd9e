import Foundation
import NIOCore

/// One request to the sandbox, with all that is needed to answer it.
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

    /// Checks the request in the order of the API, and carries it out.
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

    /// The parsed body; `nil` if the request has none. Operations without a body also accept `null` and `{}`.
    private func parsedBody() throws(Refusal) -> JSON? {
        guard !body.isEmpty else { return nil }
        do {
            return try JSON.parse(body)
        } catch {
            switch error {
            case .notJSON: throw Refusal(status: 400, message: "The body is not JSON")
            case .tooDeep: throw Refusal(status: 400, message: "The body is nested too deeply")
            case .numberOutOfRange: throw .invalid("Invalid type", "A number is out of range", at: "")
            }
        }
    }
}
