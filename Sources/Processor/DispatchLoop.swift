import Foundation
import Reports
import Store
import SubjectRequests

/// Executes what the ``Dispatcher`` decides: statements in the loop, requests as its child tasks.
struct DispatchLoop {
    let context: RunContext
    let api: APISession
    let recorder: Recorder
    let fulfilment: Fulfilment
    /// Told of each request that was resolved.
    let progress: @Sendable (RunTally) -> Void

    private typealias Group = ThrowingTaskGroup<Dispatcher.Event, any Error>

    /// Runs the dispatcher until it ends.
    ///
    /// - Throws: ``StoreError`` where the database refuses a statement or stays away for too long.
    func run(_ dispatcher: inout Dispatcher) async throws {
        try await withThrowingTaskGroup(of: Dispatcher.Event.self) { group in
            watchShutdown(&group)
            var event = Dispatcher.Event.started
            var alarm: ContinuousClock.Instant?
            while true {
                let action = dispatcher.next(event, await conditions())
                switch action {
                case .end: event = .woke
                case .wait(let instant): event = try await wait(until: instant, &alarm, &group)
                default: event = try await execute(action, &group)
                }
                if case .end = action { break }
                switch event {
                case .resolved, .recorded: progress(dispatcher.tally)
                default: break
                }
            }
            group.cancelAll()
        }
        progress(dispatcher.tally)
    }

    private func conditions() async -> Dispatcher.Conditions {
        let api = await api.limiter.state
        return Dispatcher.Conditions(
            now: .now,
            shutdown: context.shutdown.end,
            apiOutage: api.outage,
            isAPIInterrupted: api.isInterrupted,
            isLeaseValid: context.lease.isValid
        )
    }

    private func execute(_ action: Dispatcher.Action, _ group: inout Group) async throws -> Dispatcher.Event {
        let (store, run) = (context.store, context.run)
        switch action {
        case .rescue:
            return .rescued(try await store.retrying { store in try await store.rescue(run: run) })
        case .admit:
            return .admitted(try await QueueAdmission(context).admit())
        case .countErasures:
            return .countedErasures(try await store.retrying { store in try await store.dueErasures() })
        case .noteBrake(let due):
            let ticket = context.settings.brakeTicket
            try await store.retrying { store in try await store.noteBrake(due: due, ticket: ticket, run: run) }
            return .notedBrake
        case .openGates(let isBraked, let kept):
            let counts = try await store.retrying { store in
                try await store.releaseWaiting(
                    run: run,
                    isBraked: isBraked,
                    withoutTexts: incompleteRights,
                    keeping: kept
                )
            }
            return .openedGates(counts.opened)
        case .noteUnknown(let count):
            let ticket = context.settings.unknownTicket
            try await store.retrying { store in try await store.noteUnknown(count: count, ticket: ticket, run: run) }
            return .notedUnknown
        case .tryAPI:
            let end = try await tryAPI()
            return .tried(end, knowsCanary: end == nil && context.settings.canary != nil)
        case .claim(let query, let known):
            return .claimed(try await claim(query, known))
        case .begin(let request, let reportsUnknown):
            begin(request, reportsUnknown: reportsUnknown, &group)
            return .began
        case .record(let resolutions):
            return .recorded(Array(zip(resolutions, try await recorder.record(resolutions))))
        case .findOtherRuns:
            return .foundOtherRuns(
                try await store.retrying { store in try await store.otherRunsAtWork(excluding: run) }
            )
        case .shutDown(let end):
            context.shutdown.begin(end)
            return .shuttingDown
        case .cancelWork:
            group.cancelAll()
            return .cancelledWork
        case .wait, .end:
            return .woke
        }
    }

    /// Tries the API. Once it has accepted the credentials, the queue belongs to its deployment.
    private func tryAPI() async throws -> RunEnd? {
        let end = await api.preflight(
            patience: context.settings.apiPatienceAtStart,
            context.shutdown,
            waits: context.waits
        )
        if end == nil, context.shutdown.end == nil {
            _ = try await context.store.retrying { store in try await store.pin(context.deployment) }
        }
        return end
    }

    /// Claims. A claim that was sent before the connection broke may have been committed without an answer: such
    /// requests are taken first.
    private func claim(_ query: ClaimQuery, _ known: Set<Int64>) async throws -> ClaimedGroup {
        let run = context.run
        return try await context.store.retrying { store, isRepeated in
            if isRepeated {
                let group = try await store.orphanedClaims(run: run, excluding: known)
                if !group.isEmpty { return group.resuming(at: query.cursor) }
            }
            return try await store.claim(query, withoutTexts: unclaimableRights, run: run)
        }
    }

    /// The rights whose answer lacks a text of the controller.
    private var incompleteRights: [Right] { context.settings.facts.incompleteRights }

    /// The rights of which the run claims nothing. An operator who exports one customer gets the data without a letter.
    private var unclaimableRights: [Right] {
        context.scope.request == nil ? incompleteRights : incompleteRights.filter { !$0.isAnsweredWithData }
    }

    private func begin(_ request: SubjectRequest, reportsUnknown: Bool, _ group: inout Group) {
        group.addTask { [fulfilment, recorder] in
            let end = await fulfilment.fulfil(request)
            if reportsUnknown, end.resolution.isUnknownCustomer { return .foundUnknown(end.resolution) }
            let accepted = try await recorder.record(end.resolution)
            return .resolved(end.resolution, accepted: accepted, credentialsRefused: end.credentialsRefused)
        }
    }

    // MARK: - Waiting

    private func watchShutdown(_ group: inout Group) {
        group.addTask { [shutdown = context.shutdown] in
            await shutdown.waitForBeginning()
            return .woke
        }
        group.addTask { [shutdown = context.shutdown, grace = context.settings.grace] in
            await shutdown.waitForBeginning()
            try? await Task.sleep(for: grace)
            return .graceEnded
        }
        group.addTask { [shutdown = context.shutdown] in
            await shutdown.waitForCancellation()
            return .graceEnded
        }
    }

    /// Waits for an event. A timer that fires earlier than asked for is one: then the dispatcher asks again.
    ///
    /// - Parameter alarm: The instant of the timer that is set. A timer for each wait would pile up.
    private func wait(
        until instant: ContinuousClock.Instant?,
        _ alarm: inout ContinuousClock.Instant?,
        _ group: inout Group
    ) async throws -> Dispatcher.Event {
        if let instant, alarm.map({ $0 > instant || $0 <= .now }) ?? true {
            alarm = instant
            group.addTask {
                try? await Task.sleep(until: instant, clock: .continuous)
                return .woke
            }
        }
        return try await group.next() ?? .woke
    }
}

extension ClaimedGroup {
    /// The same group, with the position from which the next claim goes on.
    fileprivate func resuming(at cursor: ClaimCursor) -> ClaimedGroup {
        ClaimedGroup(requests: requests, unreadable: unreadable, gated: gated, cursor: cursor, holdsLease: holdsLease)
    }
}
