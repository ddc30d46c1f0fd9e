import Foundation
import Hummingbird
import NIOCore

/// The context of a request: its connection, which a fault can close.
struct SandboxContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

/// The entry point for all requests: it answers a request, or applies the fault installed for it.
///
/// It parses the request line itself. A router decodes before it matches, so it would treat `%2F` as a separator.
struct SandboxResponder: HTTPResponder {
    let sandbox: Sandbox
    private static let bodyCap = 8 * 1024 * 1024
    /// The part of a body that is recorded, so that the record of many large requests fits in memory.
    private static let recordedCap = 64 * 1024

    func respond(to request: Request, context: SandboxContext) async throws -> Response {
        let target = request.head.path ?? ""
        let body: Data
        do {
            let buffer = try await request.body.collect(upTo: Self.bodyCap)
            body = Data(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            return Refusal(status: 413, message: "The body is too large").answer.response()
        }
        if target.hasPrefix("/_sandbox/") {
            let control = SandboxControl(sandbox: sandbox)
            return await control.respond(
                method: request.method.rawValue,
                path: target,
                body: body,
                isLoopback: context.channel.remoteAddress?.isLoopback ?? false
            )
        }

        let settings = await sandbox.settings
        let route = Route(method: request.method.rawValue, target: target, settings: settings)
        let record = SandboxRequest(
            number: 0,
            method: request.method.rawValue,
            target: target,
            operation: route?.operation.rawValue,
            identifier: route?.identifier,
            headers: Self.withoutCredentials(request.headers),
            body: String(decoding: body.prefix(Self.recordedCap), as: UTF8.self)
        )
        let arrival = await sandbox.arrive(record, route: route)
        let exchange = Exchange(
            sandbox: sandbox,
            number: arrival.number,
            channel: context.channel,
            settings: settings,
            route: route,
            body: body,
            authorization: request.headers[.authorization],
            contentSignature: request.headers.first { $0.name.canonicalName == "content-signature" }?.value
        )
        if let fault = arrival.fault { return try await exchange.misbehave(fault, hangNumber: arrival.hangNumber) }
        return await exchange.act().response(throttle: settings.throttle)
    }

    private static func withoutCredentials(_ fields: HTTPFields) -> [String: String] {
        var headers: [String: String] = [:]
        for field in fields where field.name != .authorization && field.name.canonicalName != "content-signature" {
            headers[field.name.canonicalName] = field.value
        }
        return headers
    }
}

extension SocketAddress {
    fileprivate var isLoopback: Bool {
        guard let ip = ipAddress else { return false }
        return ip == "::1" || ip.hasPrefix("127.") || ip.hasPrefix("::ffff:127.")
    }
}
