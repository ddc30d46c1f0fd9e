import CallPolicy
import Foundation
import ServiceLifecycle
import Store
import SubjectRequests

/// Claims requests group by group and keeps as many in work as the settings allow.
struct Dispatcher {
    let store: Store
    let run: Int64
    let scope: Scope
    let settings: ProcessorSettings
    let fulfilment: Fulfilment
    let recorder: Recorder
    let lease: RunLease
    let brake: ErasureBrake?
    let progress: @Sendable (RunTally) -> Void

    private(set) var tally = RunTally()
    private(set) var end: RunEnd?
    private(set) var credentialsSentence: String?
    /// Why erasures are held back, since the moment they are.
    private(set) var brakeReason: ErasureBrake.Reason?
    private var isBrakeReleased = false
    private var erasuresTaken = 0
    private var outage = OutageDetector()
    private var claimed: [SubjectRequest] = []
    private var cursor = ClaimCursor.start
    private var isExhausted = false
    private var claimedInPass = 0
    private var idlePasses = 0

    init(
        store: Store,
        run: Int64,
        scope: Scope,
        settings: ProcessorSettings,
        fulfilment: Fulfilment,
        recorder: Recorder,
        lease: RunLease,
        brake: ErasureBrake?,
        progress: @escaping @Sendable (RunTally) -> Void
    ) {
        self.store = store
        self.run = run
        self.scope = scope
        self.settings = settings
        self.fulfilment = fulfilment
        self.recorder = recorder
        self.lease = lease
        self.brake = brake
        self.progress = progress
    }

    /// A request's end, and whether its result was accepted.
    private typealias Worked = (end: Fulfilment.End, accepted: Bool)

    /// Works until nothing is ready, or until something stops the run. What was claimed and not begun goes back.
    mutating func work() async throws {
        _ = try await beginPass()
        try await withThrowingTaskGroup(of: Worked.self) { group in
            var inFlight = 0
            while true {
                noticeStop()
                while end == nil, inFlight < settings.concurrency, let request = try await next() {
                    group.addTask { [fulfilment, recorder] in
                        let end = await fulfilment.fulfil(request)
                        return (end, try await recorder.record(end.result))
                    }
                    inFlight += 1
                }
                if inFlight == 0 {
                    guard end == nil, try await beginPass() else { break }
                    continue
                }
                guard let worked = try await group.next() else { break }
                inFlight -= 1
                note(worked)
            }
        }
        try await giveBack()
    }

    private mutating func noticeStop() {
        guard end == nil else { return }
        if lease.isLost {
            end = .leaseLost
        } else if Task.isShuttingDownGracefully || Task.isCancelled {
            end = .stopped
        } else if outage.isOut {
            end = .apiUnavailable
        }
    }

    private mutating func next() async throws -> SubjectRequest? {
        while claimed.isEmpty, !isExhausted {
            let group = try await store.claim(
                run: run,
                after: cursor,
                limit: settings.concurrency,
                only: scope.onlyRequest,
                replays: scope == .replays,
                brake: brakeReason != nil
            )
            cursor = group.cursor
            claimed = group.requests.reversed()
            claimedInPass += group.requests.count
            erasuresTaken += group.requests.count { $0.right == .erasure }
            isExhausted = group.isEmpty
            for request in group.unreadable { try await refuse(request) }
        }
        return claimed.popLast()
    }

    private mutating func refuse(_ request: Store.UnreadableRequest) async throws {
        let result = ClaimResult(
            of: request.id,
            claim: request.claimNumber,
            state: .refused,
            reason: request.reason.description
        )
        tally.add(result, accepted: try await recorder.record(result))
    }

    /// A pass sees each row once. Before it, what is new is admitted, and what waited is looked at again: rows may have
    /// come, or become free because an older one was answered or a person has decided.
    ///
    /// - Returns: Whether there may be something to claim.
    private mutating func beginPass() async throws -> Bool {
        let intake = Intake(
            store: store,
            run: run,
            scope: scope,
            admission: settings.admission,
            subjectKey: settings.subjectKey
        )
        let admitted = try await intake.admit(&tally)
        try await applyBrake()
        let gates = try await store.releaseWaiting(run: run, brake: brakeReason != nil)
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

    /// Holds back the erasures that are due, all of them, where they are too many: which of them are wrong nobody knows.
    private mutating func applyBrake() async throws {
        guard let brake, brakeReason == nil, !isBrakeReleased else { return }
        let due = try await store.dueErasures()
        guard let reason = brake.reason(done: erasuresTaken, due: due) else { return }
        try await store.noteBrake(due: due, ticket: settings.brakeTicket, run: run)
        if settings.brakeTicket == nil {
            brakeReason = reason
        } else {
            isBrakeReleased = true
        }
    }

    /// Passes that wait for another run's admission, at most: its rows might be locked by a person.
    private static let patience = 50

    private mutating func note(_ worked: Worked) {
        tally.add(worked.end.result, accepted: worked.accepted)
        progress(tally)
        switch worked.end.signal {
        case .answered:
            outage.answered()
        case .unanswered:
            outage.unanswered()
        case .credentialsRefused(let sentence):
            end = .credentialsRefused
            credentialsSentence = sentence
        case .stopped:
            break
        }
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
}
