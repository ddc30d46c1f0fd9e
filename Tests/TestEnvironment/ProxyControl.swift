/// The orders that a proxy was given, and what has happened so far.
actor ProxyControl {
    private(set) var commits: [String: Int] = [:]
    private var counts: [String: Int] = [:]
    private var orders: [PostgresProxy.Point: PostgresProxy.Action] = [:]
    private var reached: Set<PostgresProxy.Point> = []
    private var watchers: [AsyncStream<Void>.Continuation] = []
    private var held: [PostgresProxy.Point: CheckedContinuation<Void, Never>] = [:]
    private var connections: [Int: @Sendable () -> Void] = [:]
    private var lastConnection = 0
    var connectionCount: Int { lastConnection }
    private var areNewOnesDeaf = false
    private var deaf: Set<Int> = []
    private(set) var isRefusing = false
    private(set) var refusals = 0

    func order(_ action: PostgresProxy.Action, at point: PostgresProxy.Point) {
        counts[point.moment.rawValue + point.statement] = 0
        reached.remove(point)
        orders[point] = action
    }

    /// Waits until a condition is met.
    ///
    /// - Throws: `CancellationError` if the waiting task is cancelled.
    func wait(until isMet: @Sendable (isolated ProxyControl) -> Bool) async throws {
        let (changes, watcher) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        watchers.append(watcher)
        if isMet(self) { return }
        for await _ in changes where isMet(self) { return }
        throw CancellationError()
    }

    private func noteChange() {
        for watcher in watchers { watcher.yield() }
    }

    func wasReached(_ point: PostgresProxy.Point) -> Bool { reached.contains(point) }

    /// A connection has come to a point; what is to happen there.
    ///
    /// - Returns: Whether the connection is to be cut.
    func come(to moment: PostgresProxy.Point.Moment, of statement: String) async -> Bool {
        if moment == .after { commits[statement, default: 0] += 1 }
        counts[moment.rawValue + statement, default: 0] += 1
        let point = PostgresProxy.Point(moment, statement, number: counts[moment.rawValue + statement] ?? 0)
        guard let action = orders.removeValue(forKey: point) else { return false }
        reached.insert(point)
        noteChange()
        guard action == .hold else { return action == .cut }
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
        noteChange()
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

    /// Whether a new connection is refused; counts those that are.
    func refuses() -> Bool {
        if isRefusing { refusals += 1 }
        return isRefusing
    }
}
