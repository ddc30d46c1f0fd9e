import CallPolicy
import Foundation
import Store
import SubjectRequests

/// Decides what a run does next: admit, claim, begin, rescue, give back, wait or end.
///
/// A state machine without I/O and without a clock. ``next(_:_:)`` takes what happened and the conditions at that
/// instant, and returns the one action to execute next. ``DispatchLoop`` executes it; what comes of it is the next event.
struct Dispatcher {
    /// Where the run stands. A pass admits what is new, checks the gates, and then claims until nothing is ready.
    private enum Phase {
        case starting
        case admitting
        case checkingBrake(QueueAdmission.Counts)
        case notingBrake(ErasureBrake.Reason, due: Int, QueueAdmission.Counts)
        case openingGates(QueueAdmission.Counts)
        /// Admission needs only the database. Before the first claim the API is tried.
        case tryingAPI
        /// Another run is admitting rows at this moment; they will be ready soon, for whichever run claims them.
        case waitingForAdmission
        /// Claiming and processing.
        case working
        /// Nothing is ready. Requests that have crashed runs before come last, one at a time.
        case claimingSuspect
        /// Nothing is left but what other runs hold. They are looked at until they end, renew their lease, or are dead.
        case rescuingLast(LeaseWatch)
        case findingOtherRuns(LeaseWatch)
        case watchingOtherRuns(LeaseWatch)
        /// Nothing is left to do.
        case ended
    }

    /// How often a run looks for dead runs.
    static let rescueInterval = Duration.seconds(15)
    /// The longest time between two looks at an uncertain lease, and at other runs.
    private static let pollInterval = Duration.seconds(1)
    private static let admissionWait = Duration.milliseconds(100)
    /// Passes that wait for another run's admission. A lock that an operator holds on a row could last.
    private static let admissionPatience = 50

    private let plan: Plan
    private var phase = Phase.starting

    /// What the run has done so far.
    private(set) var tally = RunTally()
    /// Why erasures are held back; `nil` while they are not.
    private(set) var brakeReason: ErasureBrake.Reason?
    private var isBrakeReleased = false
    private var erasuresClaimed = 0
    private var unknown: UnknownCustomers
    /// Whether an answer was held back because a customer was known before: another look in this run would find the same.
    private var hasFoundContradiction = false
    /// Whether Talon.One was seen to know the canary customer.
    private(set) var knowsCanary = false

    /// Claimed and not begun, the last to be begun first.
    private var claimed: [SubjectRequest] = []
    private var refused: [Resolution] = []
    private var inWork: Set<Int64> = []
    private var begun = 0
    /// Whether the request in work has crashed runs before: then nothing else is begun beside it.
    private var isAlone = false

    private var cursor = ClaimCursor.start
    private var isExhausted = false
    private var isFirstPass = true
    private var claimedInPass = 0
    private var idlePasses = 0

    private var nextRescue: ContinuousClock.Instant?
    private var pendingEnd: RunEnd?
    private var mustCancel = false
    private var isCancelled = false

    init(_ plan: Plan) {
        self.plan = plan
        unknown = UnknownCustomers(plan.unknownBrake, ticket: plan.unknownTicket)
    }

    /// Why answers about unknown customers are held back; `nil` while they are not.
    var unknownReason: UnknownBrake.Reason? { unknown.heldBack }
    /// Requests whose customer was known, and unknown without a ticket that allows it.
    var lookups: UnknownBrake.Lookups { unknown.lookupsToCompare }

    /// Takes an event and returns the next action. After ``Action/end`` there is none.
    mutating func next(_ event: Event, _ conditions: Conditions) -> Action {
        let action = react(to: event, conditions)
        return action ?? decide(conditions)
    }
}

// MARK: - Events

extension Dispatcher {
    /// Notes an event.
    ///
    /// - Returns: The action that must follow it, whatever else there is to do.
    private mutating func react(to event: Event, _ conditions: Conditions) -> Action? {
        switch event {
        case .started:
            return rescue(conditions)
        case .rescued(let rescue):
            note(rescue)
        case .admitted(let counts):
            tally.addRefused(counts.refused)
            phase = needsBrakeCheck ? .checkingBrake(counts) : .openingGates(counts)
        case .countedErasures(let due):
            noteErasures(due)
        case .notedBrake:
            if case .notingBrake(let reason, _, let counts) = phase {
                if plan.brakeTicket == nil { brakeReason = reason } else { isBrakeReleased = true }
                phase = .openingGates(counts)
            }
        case .openedGates(let opened):
            if case .openingGates(let counts) = phase { beginPass(counts, opened: opened) }
        case .tried(let end, let knowsCanary):
            pendingEnd = pendingEnd ?? end
            if knowsCanary {
                self.knowsCanary = true
                unknown.noteCanary()
            }
            phase = .working
        case .claimed(let group):
            take(group, conditions)
        case .resolved(let resolution, let accepted, let credentialsRefused):
            finishWork(of: resolution)
            tally.add(resolution, accepted: accepted)
            unknown.note(resolution)
            if resolution.waitingFor == .knownBefore { hasFoundContradiction = true }
            if let credentialsRefused { pendingEnd = .credentialsRefused(credentialsRefused) }
        case .foundUnknown(let resolution):
            finishWork(of: resolution)
            unknown.add(resolution)
        case .notedUnknown:
            unknown.settleReason()
        case .recorded(let resolutions):
            for (resolution, accepted) in resolutions { tally.add(resolution, accepted: accepted) }
        case .foundOtherRuns(let runs):
            if case .findingOtherRuns(var watch) = phase {
                phase = watch.mustGoOn(runs, now: conditions.now) ? .watchingOtherRuns(watch) : .ended
            }
        case .woke:
            switch phase {
            case .waitingForAdmission: phase = .working
            case .watchingOtherRuns(let watch): phase = .rescuingLast(watch)
            default: break
            }
        case .graceEnded:
            mustCancel = true
        case .began, .cancelledWork, .shuttingDown:
            break
        }
        return nil
    }

    private mutating func finishWork(of resolution: Resolution) {
        inWork.remove(resolution.claim.request)
        if inWork.isEmpty { isAlone = false }
    }

    private mutating func rescue(_ conditions: Conditions) -> Action {
        nextRescue = conditions.now + min(Self.rescueInterval, plan.lease / 4)
        return .rescue
    }

    private mutating func note(_ rescue: Rescue) {
        tally.addSetAside(rescue.setAside)
        if !rescue.holdsLease { pendingEnd = .leaseLost }
        if rescue.returned > 0 {
            // They are urgent, and this pass has gone past them.
            cursor = .start
            isExhausted = false
        }
        switch phase {
        case .starting: phase = .admitting
        case .rescuingLast(let watch): phase = rescue.returned > 0 ? .working : .findingOtherRuns(watch)
        default: break
        }
    }

    private var needsBrakeCheck: Bool { plan.brake != nil && brakeReason == nil && !isBrakeReleased }

    /// Holds back all due erasures where there are too many: which of them are wrong cannot be told.
    private mutating func noteErasures(_ due: Int) {
        guard case .checkingBrake(let counts) = phase else { return }
        if let reason = plan.brake?.reason(done: erasuresClaimed, due: due) {
            phase = .notingBrake(reason, due: due, counts)
        } else {
            phase = .openingGates(counts)
        }
    }

    private mutating func beginPass(_ counts: QueueAdmission.Counts, opened: Int) {
        let isFirst = isFirstPass
        let hasFound = isFirst || claimedInPass > 0 || counts.ready > 0 || opened > 0
        isFirstPass = false
        idlePasses = hasFound ? 0 : idlePasses + 1
        cursor = .start
        isExhausted = false
        claimedInPass = 0
        phase =
            if isFirst {
                .tryingAPI
            } else if hasFound {
                .working
            } else if counts.elsewhere > 0, idlePasses < Self.admissionPatience {
                .waitingForAdmission
            } else {
                .claimingSuspect
            }
    }

    private mutating func take(_ group: ClaimedGroup, _ conditions: Conditions) {
        if !group.holdsLease { pendingEnd = .leaseLost }
        claimed = group.requests.reversed()
        erasuresClaimed += group.requests.count { $0.right == .erasure }
        refused = group.unreadable.map { $0.claim.refused($0.reason) }
        guard case .claimingSuspect = phase else {
            cursor = group.cursor
            isExhausted = group.isEmpty
            claimedInPass += group.requests.count
            return
        }
        isAlone = !group.requests.isEmpty
        isExhausted = true
        phase =
            if isAlone {
                .working
            } else if group.isEmpty {
                // After two leases a dead run was rescued, unless something else keeps its rows locked.
                .rescuingLast(LeaseWatch(until: conditions.now + plan.lease * 2))
            } else {
                // The suspect was gated or unreadable. The next pass looks for another one.
                .admitting
            }
    }
}

// MARK: - Decisions

extension Dispatcher {
    private mutating func decide(_ conditions: Conditions) -> Action {
        if !refused.isEmpty {
            defer { refused = [] }
            return .record(refused)
        }
        if let action = shutDown(conditions) { return action }
        if case .ended = phase { return .end }
        if let nextRescue, conditions.now >= nextRescue { return rescue(conditions) }
        switch phase {
        case .starting: return rescue(conditions)
        case .admitting: return .admit
        case .checkingBrake: return .countErasures
        case .notingBrake(_, let due, _): return .noteBrake(due: due)
        case .openingGates:
            return .openGates(isBraked: brakeReason != nil, keeping: brakesThatStay)
        case .tryingAPI: return .tryAPI
        case .waitingForAdmission: return .wait(until: conditions.now + Self.admissionWait)
        case .working: return work(conditions)
        case .claimingSuspect: return claimSuspect(conditions)
        case .rescuingLast: return plan.scope == .all ? rescue(conditions) : .end
        case .findingOtherRuns: return .findOtherRuns
        case .watchingOtherRuns:
            return .wait(until: conditions.now + min(Self.pollInterval, plan.lease / 10))
        case .ended: return .end
        }
    }

    /// A run for one request, or for replays, does not touch what a run over the whole queue holds back. That looks a
    /// customer who was known before up again, once.
    private var brakesThatStay: [Gate] {
        guard plan.scope == .all else { return Gate.brakes + [.knownBefore] }
        return (unknown.heldBack == nil ? [] : [.unknownCustomers]) + (hasFoundContradiction ? [.knownBefore] : [])
    }

    /// What ends the run comes first. Requests in work are finished, the others go back.
    private mutating func shutDown(_ conditions: Conditions) -> Action? {
        guard conditions.shutdown != nil else {
            let isLimitReached = plan.limit.map { begun >= $0 } ?? false
            let end = pendingEnd ?? conditions.apiOutage ?? (isLimitReached ? .requestLimitReached : nil)
            return end.map(Action.shutDown)
        }
        if mustCancel, !isCancelled {
            isCancelled = true
            return .cancelWork
        }
        if !claimed.isEmpty {
            defer { claimed = [] }
            return .record(claimed.reversed().map { $0.returned() })
        }
        guard inWork.isEmpty else { return .wait(until: nil) }
        return settleUnknown(conditions) ?? .end
    }

    /// What becomes of the answers that customers are unknown: once nothing else is in work, and in between where there are
    /// many, so that their number in memory is bounded.
    private mutating func settleUnknown(_ conditions: Conditions) -> Action? {
        guard !unknown.isEmpty else { return nil }
        if case .wrongEnvironment = conditions.shutdown { return .record(unknown.take().map { $0.returned() }) }
        if let count = unknown.unusual() { return .noteUnknown(count: count) }
        return .record(unknown.resolved())
    }

    private mutating func work(_ conditions: Conditions) -> Action {
        guard conditions.isLeaseValid else { return waitForLease(conditions) }
        if unknown.isFull, let action = settleUnknown(conditions) { return action }
        if canBegin(conditions) {
            if let request = claimed.popLast() {
                inWork.insert(request.id)
                begun += 1
                return .begin(request, reportsUnknown: plan.unknownBrake != nil)
            }
            if !isExhausted { return claim(limit: claimLimit) }
        }
        guard inWork.isEmpty else { return .wait(until: nextRescue) }
        if let action = settleUnknown(conditions) { return action }
        phase = .admitting
        return .admit
    }

    /// The heartbeat will have renewed the lease by then, or ended the run.
    private func waitForLease(_ conditions: Conditions) -> Action {
        .wait(until: conditions.now + min(Self.pollInterval, plan.lease / 20))
    }

    /// While no API request gets through, one request is enough to find out when they do again.
    private func canBegin(_ conditions: Conditions) -> Bool {
        inWork.isEmpty || !isAlone && inWork.count < plan.concurrency && !conditions.isAPIInterrupted
    }

    private var claimLimit: Int { min(plan.concurrency, plan.limit.map { max(1, $0 - begun) } ?? plan.concurrency) }

    private func claim(limit: Int, onlySuspects: Bool = false) -> Action {
        let query = ClaimQuery(
            cursor: onlySuspects ? .start : cursor,
            limit: limit,
            scope: plan.scope,
            isBraked: brakeReason != nil,
            onlySuspects: onlySuspects
        )
        return .claim(query, known: inWork.union(claimed.map(\.id)).union(unknown.requests))
    }

    private func claimSuspect(_ conditions: Conditions) -> Action {
        guard conditions.isLeaseValid else { return waitForLease(conditions) }
        // A run for one request claims it even if it is a suspect.
        return plan.scope.request == nil ? claim(limit: 1, onlySuspects: true) : .end
    }
}
