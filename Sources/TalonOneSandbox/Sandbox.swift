import Foundation

/// A Talon.One in memory: the state behind ``SandboxServer``, and the switches for tests.
public actor Sandbox {
    private(set) var settings: SandboxSettings
    private var world = World()
    private var faults = FaultPlan()
    private var throttle = Throttle()
    private var log = RequestLog()
    private var tally = SandboxCounts()
    private var waiters: [Waiter] = []
    private var hanging: [Int: AsyncStream<Never>.Continuation] = [:]
    /// Requests that were told to hang, whether or not they have come to it yet.
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

    /// An empty world.
    public init(settings: SandboxSettings = SandboxSettings()) { self.settings = settings }

    // MARK: What the server does with a request

    /// What is to become of a request.
    struct Arrival: Sendable {
        /// The request's place among all requests.
        let number: Int
        let fault: SandboxFault.Behaviour?
        /// Given with a fault that hangs, so that it can be let go even before it has come to hanging.
        let hangNumber: Int?
    }

    /// Writes a request down and says what is to become of it.
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

    /// Whether the rate limit lets a request pass.
    func admits() -> Bool {
        guard let limit = settings.throttle?.requestsPerSecond else { return true }
        return throttle.admits(at: .now, limit: limit)
    }

    /// Carries a request out.
    func act(_ number: Int, _ route: Route, body: JSON?, now: Date) -> Answer {
        defer { if let request = log.noteProcessed(number) { resumeWaiters(for: request) } }
        do throws(Refusal) {
            let answer = try world.perform(route, body: body, settings: settings, now: Self.stamp(now))
            tally.noteCarriedOut(route.operation, of: route.identifier)
            if let key = Self.destructiveKey(route) { tally.destructive[key, default: SandboxCount()].acted += 1 }
            return answer
        } catch {
            return error.answer
        }
    }

    /// Brings a customer back, as a late event of the shop does.
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

    /// Waits until the faults are cleared, the sandbox stops, or the caller finishes the stream.
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

    /// Lets go of everything that hangs; nothing will hang any more.
    func stop() {
        isStopped = true
        releaseAll()
    }
}

extension Sandbox {
    // MARK: Switches

    /// How often each operation was asked for and carried out.
    public func counts() -> SandboxCounts { tally }

    /// The last requests, oldest first; at most 512.
    public func requests() -> [SandboxRequest] { log.entries }

    /// Orders misbehaviour.
    public func install(_ fault: SandboxFault) { faults.install(fault) }

    /// Ends all misbehaviour, and lets go of what hangs.
    public func clearFaults() {
        faults.clear()
        releaseAll()
    }

    /// Adds master data.
    public func seed(_ seed: SandboxSeed) { world.plant(seed, at: Self.stamp(Date())) }

    /// Changes the settings from the next request on.
    public func update(_ settings: SandboxSettings) { self.settings = settings }

    /// Forgets customers, master data, faults, counts and requests. Settings stay.
    public func reset() {
        clearFaults()
        world = World()
        log = RequestLog()
        tally = SandboxCounts()
        throttle = Throttle()
    }

    /// Whether there is a profile with this id, hollow or not.
    public func hasProfile(_ integrationId: String) -> Bool { world.profiles[integrationId] != nil }

    /// How many profiles there are.
    public func profileCount() -> Int { world.profiles.count }

    /// Waits for a request, and returns at once if it has come already.
    ///
    /// - Parameters:
    ///   - from: ignores requests before this ``SandboxRequest/number``.
    ///   - processed: waits until the request has been processed, and not only received.
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

    /// Waits until no request hangs any more, because each caller has gone or was let go.
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
