import Hummingbird
import Logging
import NIOCore

/// An HTTP server that serves a sandbox until ``stop()``.
public struct SandboxServer: Sendable {
    /// The sandbox that the server serves.
    public let sandbox: Sandbox
    /// The host that the server listens on.
    public let host: String
    /// The port that the server listens on.
    public let port: Int
    private let run: Task<Void, any Error>

    /// The base URL for a client, for example `http://127.0.0.1:12345`.
    public var baseURL: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// Starts a server, and returns when it accepts connections.
    ///
    /// - Parameters:
    ///   - host: The address to listen on. The control interface accepts only loopback callers on any address.
    ///   - port: The port to listen on; 0 chooses a free port.
    ///   - settings: The settings of the sandbox.
    /// - Throws: The system's error if it cannot listen on the address and port.
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

    /// Ends hanging requests and closes every connection; returns when the server has stopped.
    public func stop() async {
        await sandbox.stop()
        run.cancel()
        _ = await run.result
    }

    /// Waits until the server has stopped. Cancelling the calling task stops the server.
    public func waitUntilStopped() async {
        await withTaskCancellationHandler {
            _ = await run.result
        } onCancel: {
            Task { await stop() }
        }
    }
}

/// Closes a connection when its caller closes it, so that hanging and endless answers end.
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
