import Hummingbird
import Logging
import NIOCore

/// The sandbox as an HTTP server, until ``stop()``.
public struct SandboxServer: Sendable {
    /// The state behind the server.
    public let sandbox: Sandbox
    /// The host it listens on.
    public let host: String
    /// The port it listens on.
    public let port: Int
    private let run: Task<Void, any Error>

    /// The address for a client: `http://127.0.0.1:12345`.
    public var baseURL: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// Listens, and returns once connections are accepted.
    ///
    /// - Parameters:
    ///   - host: the address to listen on. The control interface answers loopback callers only, whatever this is.
    ///   - port: 0 chooses a free one.
    /// - Throws: what the system says when it cannot listen there.
    public static func start(
        host: String = "127.0.0.1",
        port: Int = 0,
        settings: SandboxSettings = SandboxSettings()
    ) async throws -> SandboxServer {
        let sandbox = Sandbox(settings: settings)
        let (ports, started) = AsyncThrowingStream<Int, any Error>.makeStream()
        var logger = Logger(label: "dsr.sandbox")
        logger.logLevel = .critical
        let application = Application(
            responder: SandboxResponder(sandbox: sandbox),
            server: .http1(configuration: .init(additionalChannelHandlers: [CloseOnHangUp()])),
            configuration: .init(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in started.yield(channel.localAddress?.port ?? port) },
            logger: logger
        )
        let run = Task {
            do {
                try await application.run()
                started.finish()
            } catch {
                started.finish(throwing: error)
                throw error
            }
        }
        for try await port in ports {
            return SandboxServer(sandbox: sandbox, host: host, port: port, run: run)
        }
        throw CancellationError()
    }

    /// Lets go of hanging requests, closes every connection, and returns when that is done.
    public func stop() async {
        await sandbox.stop()
        run.cancel()
        _ = await run.result
    }

    /// Returns when the server has stopped. If the calling task is cancelled, that stops it.
    public func waitUntilStopped() async {
        await withTaskCancellationHandler {
            _ = await run.result
        } onCancel: {
            Task { await stop() }
        }
    }
}

/// Closes a connection whose caller has hung up, so that hanging and endless answers end with their callers.
private final class CloseOnHangUp: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}
