import CallPolicy
import Foundation
import Store
import SubjectRequests

/// Claims requests group by group and keeps as many in work as the settings allow.
struct Dispatcher {
    let link: DatabaseLink
    let run: Int64
    let scope: Scope
    let settings: ProcessorSettings
    let fulfilment: Fulfilment
    let recorder: Recorder
    let stop: RunStop
    let brake: ErasureBrake?
    let progress: @Sendable (RunTally) -> Void

    private(set) var tally = RunTally()
    private(set) var credentialsSentence: String?
    /// Why erasures are held back, since the moment they are.
    private(set) var brakeReason: ErasureBrake.Reason?
    private var isBrakeReleased = false
    private var erasuresTaken = 0

    private var claimed: [SubjectRequest] = []
    private var inWork: Set<Int64> = []
    private var begun = 0
    private var isAlone = false
    private var cursor = ClaimCursor.start
    private var isExhausted = false
    private var claimedInPass = 0
    private var idlePasses = 0

    init(
        link: DatabaseLink,
        run: Int64,
        scope: Scope,
        settings: ProcessorSettings,
        fulfilment: Fulfilment,
        recorder: Recorder,
        stop: RunStop,
        brake: ErasureBrake?,
        progress: @escaping @Sendable (RunTally) -> Void
    ) {
        self.link = link
        self.run = run
        self.scope = scope
        self.settings = settings
        self.fulfilment = fulfilment
        self.recorder = recorder
        self.stop = stop
        self.brake = brake
        self.progress = progress
    }

    /// Why the run ended before there was nothing left to do.
    var end: RunEnd? { stop.end }

    /// What happens while requests are in work.
    private enum Event {
        /// A request came to an end; whether its result was accepted.
        case worked(Int64, Fulfilment.End, accepted: Bool)
        /// It is time to look for runs that died.
        case rescueIsDue
        /// What is still in flight is not waited for any longer.
        case graceIsOver
    }

    /// Works until nothing is ready, or until something stops the run. What was claimed and not begun goes back.
    mutating func work() async throws {
        try await rescue()
        _ = try await beginPass()
        try await withThrowingTaskGroup(of: Event.self) { group in
            watch(&group)
            while true {
                await noticeStop()
                try await fill(&group)
                if inWork.isEmpty {
                    guard stop.end == nil else { break }
                    if try await beginPass() { continue }
                    if try await beginSuspect(&group) { continue }
                    guard try await othersHaveDied() else { break }
                    continue
                }
                guard let event = try await group.next() else { break }
                try await note(event, &group)
            }
            group.cancelAll()
        }
        try await giveBack()
    }

    // MARK: - In work

    private func watch(_ group: inout ThrowingTaskGroup<Event, any Error>) {
        group.addTask { [stop, grace = settings.grace] in
            await stop.waitForWindDown()
            try? await Task.sleep(for: grace)
            return .graceIsOver
        }
        group.addTask { [stop] in
            await stop.waitForCancellation()
            return .graceIsOver
        }
        watchForDeadRuns(&group)
    }

    private func watchForDeadRuns(_ group: inout ThrowingTaskGroup<Event, any Error>) {
        group.addTask { [interval = min(Self.rescueInterval, settings.lease / 4)] in
            try? await Task.sleep(for: interval)
            return .rescueIsDue
        }
    }

    /// Runs that died are looked for so often, however long this one works.
    private static let rescueInterval = Duration.seconds(15)

    private mutating func fill(_ group: inout ThrowingTaskGroup<Event, any Error>) async throws {
        while stop.end == nil, !isAlone, inWork.count < settings.concurrency, !isLimitReached {
            // While no call gets through one request is enough to find out when they do again.
            let isInterrupted = await fulfilment.traffic.isInterrupted
            guard inWork.isEmpty || !isInterrupted, let request = try await next() else { return }
            begin(request, &group)
        }
    }

    private mutating func begin(_ request: SubjectRequest, _ group: inout ThrowingTaskGroup<Event, any Error>) {
        inWork.insert(request.id)
        begun += 1
        group.addTask { [fulfilment, recorder] in
            let end = await fulfilment.fulfil(request)
            return .worked(request.id, end, accepted: try await recorder.record(end.result))
        }
    }

    private mutating func note(_ event: Event, _ group: inout ThrowingTaskGroup<Event, any Error>) async throws {
        switch event {
        case .worked(let request, let end, let accepted):
            inWork.remove(request)
            if inWork.isEmpty { isAlone = false }
            tally.add(end.result, accepted: accepted)
            progress(tally)
            if case .credentialsRefused(let sentence) = end.signal {
                credentialsSentence = sentence
                stop.windDown(.credentialsRefused)
            }
        case .rescueIsDue:
            guard stop.end == nil else { return }
            try await rescue()
            watchForDeadRuns(&group)
        case .graceIsOver:
            group.cancelAll()
        }
    }

    private func noticeStop() async {
        if await fulfilment.traffic.isClosed { stop.windDown(.apiUnavailable) }
        if isLimitReached { stop.windDown(.limitReached) }
    }

    private var isLimitReached: Bool { settings.limit.map { begun >= $0 } ?? false }

    // MARK: - Claiming

    private mutating func next() async throws -> SubjectRequest? {
        while claimed.isEmpty, !isExhausted {
            let group = try await claim(suspects: false)
            cursor = group.cursor
            isExhausted = group.isEmpty
            claimedInPass += group.requests.count
            try await take(group)
        }
        return claimed.popLast()
    }

    private func claim(suspects: Bool) async throws(StoreError) -> Store.ClaimedGroup {
        let limit = min(settings.concurrency, settings.limit.map { max(1, $0 - begun) } ?? settings.concurrency)
        let known = inWork.union(claimed.map(\.id))
        return try await link.attempt { [self] store, isRepeated throws(StoreError) in
            if isRepeated {
                var group = try await store.claimedUnknowingly(run: run, besides: known)
                group.cursor = cursor
                if !group.isEmpty { return group }
            }
            return try await store.claim(
                run: run,
                after: suspects ? .start : cursor,
                limit: suspects ? 1 : limit,
                only: scope.onlyRequest,
                replays: scope == .replays,
                brake: brakeReason != nil,
                suspects: suspects
            )
        }
    }

    private mutating func take(_ group: Store.ClaimedGroup) async throws {
        claimed = group.requests.reversed()
        erasuresTaken += group.requests.count { $0.right == .erasure }
        for request in group.unreadable {
            let result = ClaimResult(
                of: request.id,
                claim: request.claimNumber,
                state: .refused,
                reason: request.reason.description
            )
            tally.add(result, accepted: try await recorder.record(result))
        }
    }

    /// Begins a request that has cost runs already, once nothing else is in work.
    private mutating func beginSuspect(_ group: inout ThrowingTaskGroup<Event, any Error>) async throws -> Bool {
        guard scope.onlyRequest == nil else { return false }
        let suspects = try await claim(suspects: true)
        try await take(suspects)
        guard let request = claimed.popLast() else { return !suspects.isEmpty }
        isAlone = true
        begin(request, &group)
        return true
    }

    private mutating func giveBack() async throws {
        for request in claimed {
            var result = ClaimResult(of: request.id, claim: request.claimNumber, state: .pending)
            result.failures = request.failures
            result.mayHaveActed = request.mayHaveActed
            _ = try await recorder.record(result)
        }
        claimed = []
    }

    // MARK: - Passes

    /// A pass sees each row once. Before it, what is new is admitted, and what waited is looked at again: rows may have
    /// come, or become free because an older one was answered or a person has decided.
    ///
    /// - Returns: Whether there may be something to claim.
    private mutating func beginPass() async throws -> Bool {
        let intake = Intake(
            link: link,
            run: run,
            scope: scope,
            admission: settings.admission,
            subjectKey: settings.subjectKey
        )
        let admitted = try await intake.admit(&tally)
        try await applyBrake()
        let gates = try await link.attempt { [self] store throws(StoreError) in
            try await store.releaseWaiting(run: run, brake: brakeReason != nil)
        }
        let hasFound = claimedInPass > 0 || admitted.ready > 0 || gates.opened > 0
        cursor = .start
        isExhausted = false
        claimedInPass = 0
        idlePasses = hasFound ? 0 : idlePasses + 1
        guard !hasFound, admitted.elsewhere > 0, idlePasses < Self.patience else { return hasFound }
        // Another run is admitting rows right now. They are ready in a moment, for whichever run claims them.
        try? await Task.sleep(for: .milliseconds(100))
        return true
    }

    /// Passes that wait for another run's admission, at most: its rows might be locked by a person.
    private static let patience = 50

    /// Holds back the erasures that are due, all of them, where they are too many: which of them are wrong nobody knows.
    private mutating func applyBrake() async throws {
        guard let brake, brakeReason == nil, !isBrakeReleased else { return }
        let due = try await link.attempt { store throws(StoreError) in try await store.dueErasures() }
        guard let reason = brake.reason(done: erasuresTaken, due: due) else { return }
        try await link.attempt { [self] store throws(StoreError) in
            try await store.noteBrake(due: due, ticket: settings.brakeTicket, run: run)
        }
        if settings.brakeTicket == nil {
            brakeReason = reason
        } else {
            isBrakeReleased = true
        }
    }

    // MARK: - Dead runs

    @discardableResult
    private mutating func rescue() async throws -> Bool {
        let rescued = try await link.attempt { [run] store throws(StoreError) in try await store.rescue(run: run) }
        tally.addSetAside(rescued.setAside)
        guard rescued.returned > 0 else { return false }
        // They are urgent, and this pass has gone past them.
        cursor = .start
        isExhausted = false
        return true
    }

    /// Where others hold requests when there is nothing else left to do, finds out whether they are alive, which they show
    /// by renewing their lease; and takes over from those that are not, rather than leave it to the next night.
    ///
    /// - Returns: Whether something came back.
    private mutating func othersHaveDied() async throws -> Bool {
        guard scope == .all else { return false }
        var seen: [Int64: Date] = [:]
        // By then whoever is dead was rescued, unless something else keeps their rows locked.
        let end = ContinuousClock.now + settings.lease * 2
        while stop.end == nil, ContinuousClock.now < end {
            if try await rescue() { return true }
            let others = try await link.attempt { [run] store throws(StoreError) in
                try await store.otherRunsAtWork(besides: run)
            }
            let inDoubt = others.filter { seen[$0.id, default: $0.leaseUntil] == $0.leaseUntil }
            guard !inDoubt.isEmpty else { return false }
            for other in others where seen[other.id] == nil { seen[other.id] = other.leaseUntil }
            try? await Task.sleep(for: min(.seconds(1), settings.lease / 10))
        }
        return false
    }
}
