import Foundation
import NIOCore
import NIOPosix
package import ThrowawayPostgres

/// A proxy before Postgres that passes everything on, and cuts or holds a connection where a test orders it.
///
/// It reads as much of the protocol as it needs to know which statement runs, and whether it was committed.
/// https://www.postgresql.org/docs/15/protocol-message-formats.html
package final class PostgresProxy: Sendable {
    /// A place in the traffic: around the commit of a statement that goes by a name.
    package struct Point: Sendable, Hashable, CustomStringConvertible {
        /// The statement's name, as the client has prepared it.
        package let statement: String
        /// Before or after the commit.
        package let moment: Moment
        /// Which commit of that statement since the order was given, counted from 1.
        package let number: Int

        package enum Moment: String, Sendable, CaseIterable {
            /// Nothing of the commit has reached the server.
            case before
            /// The server has committed, and the client does not know.
            case after
        }

        package init(_ moment: Moment, _ statement: String, number: Int = 1) {
            self.statement = statement
            self.moment = moment
            self.number = number
        }

        package var description: String { "\(moment) the \(number). commit of '\(statement)'" }
    }

    /// What happens at a point.
    package enum Action: Sendable {
        /// The client's connection is cut.
        case cut
        /// Everything on the connection stands still, until it is let go or the client hangs up.
        case hold
        /// Nothing; the test only waits for the point.
        case watch
    }

    package let port: Int
    private let control: ProxyControl
    private let serving: Task<Void, Never>

    /// Listens on a loopback port in front of a server.
    package static func start(before server: ThrowawayPostgres) async throws -> PostgresProxy {
        let control = ProxyControl()
        let socket = server.connectionString.components(separatedBy: " ").first { $0.hasPrefix("host=") }
        let path = String((socket ?? "").dropFirst(5)) + "/.s.PGSQL.5432"
        let listening = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Nothing is read until somebody serves the connection. An asynchronous channel that is never served, because
            // the proxy stops, would be a fatal error of NIO.
            .childChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0) { channel in channel.eventLoop.makeSucceededFuture(channel) }
        let port = listening.channel.localAddress?.port ?? 0
        let serving = Task {
            _ = try? await withThrowingDiscardingTaskGroup { group in
                try await listening.executeThenClose { clients in
                    for try await client in clients {
                        group.addTask { await ProxyConnection(control: control, socket: path).serve(client) }
                    }
                }
            }
        }
        return PostgresProxy(port: port, control: control, serving: serving)
    }

    private init(port: Int, control: ProxyControl, serving: Task<Void, Never>) {
        self.port = port
        self.control = control
        self.serving = serving
    }

    /// Settings that lead the binary through the proxy.
    package func variables(for env: TestEnvironment) -> [String: String] {
        ["DSR_DATABASE_URL": connectionString(for: env.database)]
    }

    /// A connection string that leads through the proxy.
    package func connectionString(for database: String) -> String {
        let words = database.components(separatedBy: " ").filter { !$0.hasPrefix("host=") && !$0.hasPrefix("port=") }
        return (["host=127.0.0.1", "port=\(port)", "sslmode=disable", "gssencmode=disable"] + words)
            .joined(separator: " ")
    }

    /// Orders something to happen once.
    package func order(_ action: Action, at point: Point) async { await control.order(action, at: point) }

    /// Waits until an ordered point was reached, and what was ordered there has happened.
    package func waitUntilReached(_ point: Point) async throws {
        try await waitFor("\(point)") { [control] in try await control.wait { $0.wasReached(point) } }
    }

    /// Whether the traffic has come to an ordered point.
    package func wasReached(_ point: Point) async -> Bool { await control.wasReached(point) }

    /// Lets go of what is held at a point.
    package func release(_ point: Point) async { await control.release(point) }

    /// Cuts every connection there is.
    package func cutAll() async { await control.cutAll() }

    /// From now on the connections there are, and those that are made meanwhile, lose what is sent over them, in either
    /// direction, without being closed; or new ones work again. What has gone deaf never hears again.
    package func setDeaf(_ isDeaf: Bool) async { await control.setDeaf(isDeaf) }

    /// Takes no new connections; or takes them again.
    package func setRefusing(_ isRefusing: Bool) async { await control.setRefusing(isRefusing) }

    /// Waits until so many connections have been refused.
    package func waitForRefusals(_ count: Int) async throws {
        try await waitUntil("\(count) refused connections") { await control.refusals >= count }
    }

    /// How many connections were made to it so far.
    package func connectionCount() async -> Int { await control.connectionCount }

    /// Waits until this many connections were made to it since it was started.
    package func waitForConnections(_ count: Int) async throws {
        try await waitFor("connection \(count)") { [control] in try await control.wait { $0.connectionCount >= count } }
    }

    /// Statements that were committed through it, with how often.
    package func commits() async -> [String: Int] { await control.commits }

    /// Ends everything.
    package func stop() async {
        await control.cutAll()
        serving.cancel()
        await serving.value
    }
}
