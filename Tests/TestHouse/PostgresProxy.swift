import Foundation
import NIOCore
import NIOPosix
package import ThrowawayPostgres

/// Stands between a client and Postgres, passes everything on, and breaks it where a test wants it broken.
///
/// It understands as much of the protocol as it takes to know which statement is being run, and whether it was committed.
/// https://www.postgresql.org/docs/15/protocol-message-formats.html
package final class PostgresProxy: Sendable {
    /// A place in the traffic: around the commit of a statement that goes by a name.
    package struct Point: Sendable, Hashable, CustomStringConvertible {
        /// The statement's name, as the client has prepared it.
        package let statement: String
        /// On which side of the commit.
        package let moment: Moment
        /// The how-manieth commit of that statement since the proxy was told, from 1.
        package let number: Int

        /// The sides.
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
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
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

    /// A connection string through the proxy for one that leads straight to the server.
    package func connectionString(for direct: String) -> String {
        let words = direct.components(separatedBy: " ").filter { !$0.hasPrefix("host=") && !$0.hasPrefix("port=") }
        return (["host=127.0.0.1", "port=\(port)", "sslmode=disable", "gssencmode=disable"] + words).joined(
            separator: " "
        )
    }

    /// Orders something to happen once.
    package func order(_ action: Action, at point: Point) async { await control.order(action, at: point) }
    /// Waits until an ordered point was reached, and whatever was ordered there has happened.
    ///
    /// - Throws: ``NotReached`` where that does not come about in half a minute.
    package func waitUntilReached(_ point: Point) async throws {
        let end = Task {
            try await Task.sleep(for: .seconds(30))
            await control.giveUp(point)
        }
        defer { end.cancel() }
        guard await control.waitUntilReached(point) else { throw NotReached(point: point) }
    }

    /// Whether the traffic has come to an ordered point.
    package func wasReached(_ point: Point) async -> Bool { await control.wasReached(point) }

    /// A point that the traffic has not come to.
    package struct NotReached: Error, CustomStringConvertible {
        let point: Point
        package var description: String { "the traffic has not come to: \(point)" }
    }
    /// Lets go of what stands still at a point.
    package func release(_ point: Point) async { await control.release(point) }
    /// Cuts every connection there is.
    package func cutAll() async { await control.cutAll() }
    /// From now on the connections there are, and those that are made meanwhile, lose whatever is sent over them, in
    /// either direction, without being closed; or new ones work again. What has gone deaf never hears again.
    package func setDeaf(_ isDeaf: Bool) async { await control.setDeaf(isDeaf) }
    /// Takes no new connections; or takes them again.
    package func setRefusing(_ isRefusing: Bool) async { await control.setRefusing(isRefusing) }
    /// How many connections were made to it so far.
    package func connectionCount() async -> Int { await control.connectionCount }
    /// Waits until so many connections were made to it.
    ///
    /// - Throws: ``TooFewConnections`` where that does not come about in half a minute.
    package func waitForConnections(_ count: Int) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while await control.connectionCount < count {
            guard ContinuousClock.now < end else { throw TooFewConnections() }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    package struct TooFewConnections: Error {}
    /// Statements that were committed through it, with how often.
    package func commits() async -> [String: Int] { await control.commits }

    /// Ends everything.
    package func stop() async {
        await control.cutAll()
        serving.cancel()
        await serving.value
    }
}

/// What is ordered, and what has happened.
actor ProxyControl {
    private(set) var commits: [String: Int] = [:]
    private var counts: [String: Int] = [:]
    private var orders: [PostgresProxy.Point: PostgresProxy.Action] = [:]
    private var reached: Set<PostgresProxy.Point> = []
    private var watchers: [(point: PostgresProxy.Point, continuation: CheckedContinuation<Bool, Never>)] = []
    private var held: [PostgresProxy.Point: CheckedContinuation<Void, Never>] = [:]
    private var connections: [Int: @Sendable () -> Void] = [:]
    private var lastConnection = 0
    var connectionCount: Int { lastConnection }
    private var areNewOnesDeaf = false
    private var deaf: Set<Int> = []
    private(set) var isRefusing = false

    func order(_ action: PostgresProxy.Action, at point: PostgresProxy.Point) {
        counts[point.moment.rawValue + point.statement] = 0
        reached.remove(point)
        orders[point] = action
    }

    func waitUntilReached(_ point: PostgresProxy.Point) async -> Bool {
        guard !reached.contains(point) else { return true }
        return await withCheckedContinuation { watchers.append((point, $0)) }
    }

    func wasReached(_ point: PostgresProxy.Point) -> Bool { reached.contains(point) }

    func giveUp(_ point: PostgresProxy.Point) {
        for watcher in watchers where watcher.point == point { watcher.continuation.resume(returning: false) }
        watchers.removeAll { $0.point == point }
    }

    /// A connection has come to a point; what is to happen there.
    ///
    /// - Returns: Whether the connection is to be cut.
    func come(to moment: PostgresProxy.Point.Moment, of statement: String) async -> Bool {
        if moment == .after { commits[statement, default: 0] += 1 }
        counts[moment.rawValue + statement, default: 0] += 1
        let point = PostgresProxy.Point(moment, statement, number: counts[moment.rawValue + statement] ?? 0)
        guard let action = orders.removeValue(forKey: point) else { return false }
        reached.insert(point)
        for watcher in watchers where watcher.point == point { watcher.continuation.resume(returning: true) }
        watchers.removeAll { $0.point == point }
        guard action == .hold else { return true }
        await withCheckedContinuation { held[point] = $0 }
        return false
    }

    func release(_ point: PostgresProxy.Point) {
        held.removeValue(forKey: point)?.resume()
    }

    func add(_ cut: @escaping @Sendable () -> Void) -> Int {
        lastConnection += 1
        connections[lastConnection] = cut
        if areNewOnesDeaf { deaf.insert(lastConnection) }
        return lastConnection
    }

    func remove(_ connection: Int) {
        connections[connection] = nil
        deaf.remove(connection)
    }

    func cutAll() {
        for cut in connections.values { cut() }
        connections = [:]
        for continuation in held.values { continuation.resume() }
        held = [:]
    }

    func setDeaf(_ isDeaf: Bool) {
        areNewOnesDeaf = isDeaf
        if isDeaf { deaf = Set(connections.keys) }
    }

    func isDeaf(_ connection: Int) -> Bool { deaf.contains(connection) }

    func setRefusing(_ isRefusing: Bool) { self.isRefusing = isRefusing }
}
