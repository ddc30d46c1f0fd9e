import ArgumentParser
import Foundation
import ServiceLifecycle
import TalonOneSandbox

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Serve a Talon.One sandbox on this host, with its state in memory.",
        discussion: """
            Serves the ten operations over HTTP, with the campaigns and coupons of an example shop. Callers on this host \
            can inject faults and read counters under /_sandbox/.

            Examples:
              dsr sandbox
              dsr sandbox --port 0 --deployment newest
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

    @Option(help: "The port on the loopback address; 0 selects a free port.")
    var port = 8_089
    @Option(help: "The API revision to serve: baseline, newest, or both.")
    var deployment = Deployment.both
    @Flag(help: "Start without campaigns and coupons.")
    var empty = false

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be from 0 to 65535") }
    }

    func run() async throws {
        let server: SandboxServer
        do {
            server = try await SandboxServer.start(port: port, settings: deployment.settings)
        } catch {
            throw Failure(
                .unreachable,
                "cannot listen on 127.0.0.1:\(port); --port 0 selects a free port"
            )
        }
        if !empty { await server.sandbox.seed(.demo) }
        Terminal.out(
            """
            # The Talon.One sandbox is ready. In another shell:
            export TALON_ONE_BASE_URL=\(server.baseURL)
            export TALON_ONE_API_KEY=sandbox
            export TALON_ONE_ENVIRONMENT=sandbox
            """
        )
        try await Signals.runUntilSignal(SandboxService(server: server))
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
