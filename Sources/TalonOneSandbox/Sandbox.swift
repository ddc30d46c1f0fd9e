import Foundation

/// An in-memory Talon.One: the state that a ``SandboxServer`` serves, with the controls for tests.
public actor Sandbox {
    private(set) var settings: SandboxSettings
    private var world = World()
    private var faults = FaultPlan()
    private var throttle = Throttle()
    private var log = RequestLog()
    private var tally = SandboxCounts()
    private var waiters: [Waiter] = []
    private var hanging: [Int: AsyncStream<Never>.Continuation] = [:]
    /// The number of requests that hang or are about to hang.
    private var hangs = 0
    private var lastHang = 0
    private var lastReleased = 0
    private var hangWatchers: [CheckedContinuation<Void, Never>] = []
    private var isStopped = false

    fileprivate struct Waiter {
        let match: SandboxMatch
        let from: Int
        let processed: Bool
        let found: AsyncStream<SandboxRequest>.Continuation
    }

    /// Creates a sandbox without data.
    public init(settings: SandboxSettings = SandboxSettings()) { self.settings = settings }

    // MARK: Requests

    /// The handling of a received request.
    struct Arrival: Sendable {
        /// The request's place among all requests.
        let number: Int
        let fault: SandboxFault.Behaviour?
        /// The number of a request that hangs, with which it can be released even before it hangs.
        let hangNumber: Int?
    }

    /// Records a request, and returns the fault that applies to it.
    func arrive(_ request: SandboxRequest, route: Route?) -> Arrival {
        let request = log.append(request)
        if let operation = request.operation {
            tally.operations[operation, default: SandboxCount()].received += 1
            if let key = Self.destructiveKey(route) { tally.destructive[key, default: SandboxCount()].received += 1 }
            if let identifier = request.identifier { tally.note(operation, of: identifier, number: request.number) }
        }
        resumeWaiters(for: request)
        let fault = faults.take(operation: request.operation, identifier: request.identifier, path: request.target)
        if let fault, !fault.isHarmless, let operation = request.operation {
            tally.operations[operation, default: SandboxCount()].disturbed += 1
            if let key = Self.destructiveKey(route) { tally.destructive[key, default: SandboxCount()].disturbed += 1 }
        }
        guard fault == .hang || fault == .hangAfterActing else {
            return Arrival(number: request.number, fault: fault, hangNumber: nil)
        }
        hangs += 1
        lastHang += 1
        return Arrival(number: request.number, fault: fault, hangNumber: lastHang)
    }

    /// Whether a request is within the rate limit.
    func admits() -> Bool {
        guard let limit = settings.throttle?.requestsPerSecond else { return true }
        return throttle.admits(at: .now, limit: limit)
    }

    /// Carries out an operation.
    func act(_ number: Int, _ route: Route, body: JSON?, now: Date) -> Answer {
        defer { if let request = log.noteProcessed(number) { resumeWaiters(for: request) } }
        do throws(Refusal) {
            let answer = try world.perform(route, body: body, settings: settings, now: Self.stamp(now))
            if !route.isDry { tally.noteCarriedOut(route.operation, of: route.identifier) }
            if let key = Self.destructiveKey(route) { tally.destructive[key, default: SandboxCount()].acted += 1 }
            return answer
        } catch {
            return error.answer
        }
    }

    /// All that Talon.One holds at an instant.
    public struct Backup: Sendable {
        fileprivate let world: World
    }

    /// What Talon.One holds now.
    public func backup() -> Backup { Backup(world: world) }

    /// Replaces all that Talon.One holds by what a backup has.
    public func restore(_ backup: Backup) { world = backup.world }

    /// Creates a customer again, as a late event of the shop does.
    func reappear(_ integrationId: String, now: Date) {
        world.touch(profile: integrationId, at: Self.stamp(now))
        world.profiles[integrationId]?.attributes["Name"] = "Late Event"
    }

    private static func destructiveKey(_ route: Route?) -> String? {
        guard let route, route.operation.isDestructive else { return nil }
        return "\(route.operation.rawValue) \(route.identifier)"
    }

    /// RFC 3339 in UTC with milliseconds.
    private static func stamp(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    // MARK: Hanging requests

    /// Waits until the faults are cleared, the sandbox stops, or the stream is finished.
    func hang(_ number: Int, _ stream: AsyncStream<Never>, _ end: AsyncStream<Never>.Continuation) async {
        if !isStopped, number > lastReleased {
            hanging[number] = end
            for await _ in stream {}
            hanging[number] = nil
        }
        hangs -= 1
        if hangs == 0 {
            for watcher in hangWatchers { watcher.resume() }
            hangWatchers = []
        }
    }

    private func releaseAll() {
        lastReleased = lastHang
        for end in hanging.values { end.finish() }
    }

    /// Releases all hanging requests. Later requests do not hang.
    func stop() {
        isStopped = true
        releaseAll()
    }
}

extension Sandbox {
    // MARK: Controls

    /// The numbers of requests.
    public func counts() -> SandboxCounts { tally }

    /// The last requests, oldest first; at most 512.
    public func requests() -> [SandboxRequest] { log.entries }

    /// Installs a fault.
    public func install(_ fault: SandboxFault) { faults.install(fault) }

    /// Removes all faults, and releases all hanging requests.
    public func clearFaults() {
        faults.clear()
        releaseAll()
    }

    /// Adds master data.
    public func seed(_ seed: SandboxSeed) { world.add(seed, at: Self.stamp(Date())) }

    /// Replaces the settings, for the next request and later ones.
    public func update(_ settings: SandboxSettings) { self.settings = settings }

    /// Deletes customers, master data, faults, counts and recorded requests. The settings stay.
    public func reset() {
        clearFaults()
        world = World()
        log = RequestLog()
        tally = SandboxCounts()
        throttle = Throttle()
    }

    /// Whether a profile with this id exists, with or without attributes.
    public func hasProfile(_ integrationId: String) -> Bool { world.profiles[integrationId] != nil }

    /// The number of profiles.
    public func profileCount() -> Int { world.profiles.count }

    /// Waits for a request. Returns at once if it was already received.
    ///
    /// - Parameters:
    ///   - match: The conditions on the request.
    ///   - from: The lowest ``SandboxRequest/number`` to consider.
    ///   - processed: Whether to wait until the request has been processed, and not only received.
    /// - Throws: `CancellationError` if the waiting task is cancelled.
    public func waitForRequest(
        matching match: SandboxMatch,
        from: Int = 0,
        processed: Bool = false
    ) async throws -> SandboxRequest {
        let (stream, found) = AsyncStream<SandboxRequest>.makeStream()
        let waiter = Waiter(match: match, from: from, processed: processed, found: found)
        if let request = log.entries.first(where: { $0.satisfies(waiter) }) { return request }
        waiters.append(waiter)
        for await request in stream { return request }
        throw CancellationError()
    }

    /// Waits until no request hangs, because each was released or its caller closed the connection.
    public func waitUntilNothingHangs() async {
        guard hangs > 0 else { return }
        await withCheckedContinuation { hangWatchers.append($0) }
    }

    private func resumeWaiters(for request: SandboxRequest) {
        guard !waiters.isEmpty else { return }
        waiters.removeAll { waiter in
            guard request.satisfies(waiter) else { return false }
            waiter.found.yield(request)
            waiter.found.finish()
            return true
        }
    }
}

extension SandboxRequest {
    fileprivate func satisfies(_ waiter: Sandbox.Waiter) -> Bool {
        number >= waiter.from && (isProcessed || !waiter.processed)
            && waiter.match.holds(operation: operation, identifier: identifier, path: target)
    }
}
