import ArgumentParser
import Foundation
import ServiceLifecycle
import TalonOneSandbox

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Serve a Talon.One sandbox on this host, with its state in memory.",
        discussion: """
            The ten operations as a real server, seeded with a shop's campaigns and coupons. It can be told to \
            misbehave, and counts what it was asked, under /_sandbox/ for callers on this host.
            """
    )

    enum Deployment: String, ExpressibleByArgument, CaseIterable {
        case both
        case baseline
        case newest

        var settings: SandboxSettings {
            switch self {
            case .both: SandboxSettings()
            case .baseline: .baseline
            case .newest: .newest
            }
        }
    }

    @Option(help: "The port on the loopback address; 0 chooses a free one.")
    var port = 8_089
    @Option(help: "Which API it has: the early one, the newest, or both.")
    var deployment = Deployment.both
    @Flag(help: "Begin empty, without the shop's campaigns and coupons.")
    var empty = false

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port goes from 0 to 65535") }
    }

    func run() async throws {
        let server: SandboxServer
        do {
            server = try await SandboxServer.start(port: port, settings: deployment.settings)
        } catch {
            throw Failure(
                .unreachable,
                "cannot listen on 127.0.0.1:\(port); is the port taken? --port 0 chooses a free one"
            )
        }
        if !empty { await server.sandbox.seed(.demo) }
        Terminal.out(
            """
            # A Talon.One sandbox listens. In another shell:
            export TALON_ONE_BASE_URL=\(server.baseURL)
            export TALON_ONE_API_KEY=sandbox
            export TALON_ONE_ENVIRONMENT=sandbox
            """
        )
        try await Signals.endInOrder(SandboxService(server: server))
    }
}

private struct SandboxService: Service {
    let server: SandboxServer

    func run() async throws {
        await withGracefulShutdownHandler {
            await server.waitUntilStopped()
        } onGracefulShutdown: {
            Task { await server.stop() }
        }
    }
}
