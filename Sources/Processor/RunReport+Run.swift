import Foundation
import Reports
import Store
import SubjectRequests

extension RunReport {
    /// Adds up what a run did and where the queue stands at its end.
    ///
    /// What the run did is counted as it did it; what other runs did is what the database has beyond that. If a row were
    /// lost, the two sides would not agree.
    init(
        _ context: RunContext,
        startedAt: Date,
        end: RunEnd,
        tally: RunTally,
        start: QueueSnapshot,
        finish: Finish
    ) {
        var counts = Counts()
        counts.pendingAtStart = start.open
        counts.arrived = finish.queue.total - start.total
        counts.completed = tally.completed
        counts.refused = tally.refused
        counts.failed = tally.failed
        counts.waiting = finish.queue.waiting
        counts.leftForNextRun = finish.queue.later + finish.queue.ready
        counts.takenByOthers = finish.queue.running + (finish.queue.closed - start.closed) - finish.closedByRun
        counts.answeredLate = finish.answeredLate
        counts.erasedWithoutTicket = finish.erasedWithoutTicket
        counts.calls = tally.calls
        counts.reportsDelivered = finish.delivered
        counts.reportsUndelivered = finish.undelivered
        self.init(
            runID: context.run,
            databaseID: context.databaseID,
            host: context.settings.host,
            softwareVersion: context.settings.version,
            environment: context.settings.environment,
            startedAt: startedAt,
            endedAt: Date(),
            ending: end.sentence,
            counts: counts,
            needsAction: finish.rows
        )
        retries = finish.returned.map { Retry(reason: $0.reason, count: $0.count, nextTry: $0.notBefore) }
        let (urgent, routine) = finish.actions.requests.partitioned(by: \.isRoutine)
        self.routine = routine.map(Row.init)
        unlistedRoutine = finish.actions.routine - routine.count
        unlistedNeedsAction = finish.actions.needingAction - urgent.count
        attention = finish.attention
    }

    /// Where the queue stands when a run ends.
    struct Finish: Sendable {
        let queue: QueueSnapshot, closedByRun: Int
        /// Documents that the run delivered, and those that are still undelivered.
        var delivered: Int, undelivered: Int
        /// What was tried and goes on in another run. What was only given back because this one ends is not among it.
        let returned: [ReturnedRequests]
        /// Requests that were answered late, and erasures that had no ticket.
        let answeredLate: Int, erasedWithoutTicket: Int
        /// What an operator must act on: requests, incidents, holds.
        let actions: PendingActions, incidents: [Incident], holds: [HoldReview]
        /// The texts of the controller that are missing, in one sentence; `nil` where none is.
        let textsProblem: String?
        var attention: Attention

        /// All that needs action, most urgent first.
        fileprivate var rows: [Row] {
            actions.requests.filter { !$0.isRoutine }.map(Row.init) + heldBack + incidents.map(Row.init)
                + holds.map(Row.init)
        }

        private var heldBack: [Row] {
            actions.heldBack.map { held in
                let isErasures = held.gate == .brake
                return Row(
                    isErasures ? .erasures : .requests,
                    count: held.count,
                    right: isErasures ? Right.erasure.rawValue : nil,
                    state: held.gate.rawValue,
                    reason: reason(for: held.gate),
                    ageDays: held.ageDays,
                    due: held.due?.description,
                    command: held.gate.releasingCommand
                )
            }
        }

        private func reason(for gate: Gate) -> String {
            switch gate {
            case .brake: "held back because there were unusually many"
            case .controllerTexts: textsProblem ?? "the configuration of an earlier run lacked texts of the controller"
            default: "the answer \"no data\" is held back because unusually many customers were unknown"
            }
        }

        /// - Throws: ``StoreError``.
        static func read(by context: RunContext, delivered: Int) async throws -> Finish {
            try await context.store.retrying { store in
                let answers = try await store.notableAnswers(by: context.run)
                let (queue, closedByRun) = try await store.queueSnapshot(closedBy: context.run)
                return Finish(
                    queue: queue,
                    closedByRun: closedByRun,
                    delivered: delivered,
                    undelivered: try await store.undeliveredCount(),
                    returned: try await store.returned(by: context.run).filter {
                        $0.reason != APIError.cancelled.description
                    },
                    answeredLate: answers.late,
                    erasedWithoutTicket: answers.withoutTicket,
                    actions: try await store.pendingActions(
                        after: context.settings.attentionDays,
                        atRisk: 7,
                        limit: 1_000
                    ),
                    incidents: try await store.incidents(after: 0, includingClosed: false, limit: 100),
                    holds: try await store.holdsToReview(limit: 100),
                    textsProblem: context.settings.facts.problem,
                    attention: try await store.attention()
                )
            }
        }
    }
}

extension RunReport {
    /// Adds documents that could not be written.
    mutating func add(undelivered failure: String?) {
        guard let failure else { return }
        needsAction.append(
            Row(
                .documents,
                count: max(1, counts.reportsUndelivered),
                state: "not_delivered",
                reason: failure,
                command: "dsr reports deliver"
            )
        )
    }

    /// Adds evidence that could not be signed, or a checkpoint that could not be filed, once.
    mutating func add(_ signing: Signing) {
        guard let failure = signing.failure, !needsAction.contains(where: { $0.kind == .evidence }) else { return }
        let isSigned = if case .notFiled = signing { true } else { false }
        needsAction.append(
            Row(
                .evidence,
                state: isSigned ? "not_filed" : "not_signed",
                reason: failure,
                command: "dsr evidence verify"
            )
        )
    }
}

extension RunReport.Row {
    fileprivate init(_ action: PendingAction) {
        let request = action.request
        let fallback = request.waitingFor.map(\.explanation) ?? (action.isOverdue ? "past its answer-by date" : "")
        self.init(
            .request,
            number: request.id,
            right: Right(rawValue: request.kind)?.rawValue ?? "unknown",
            state: request.outcome?.rawValue ?? request.waitingFor?.rawValue ?? request.state.rawValue,
            reason: request.reason ?? fallback,
            ageDays: action.ageDays,
            due: action.due?.description,
            isOverdue: action.isOverdue,
            command: request.nextCommand
        )
    }

    fileprivate init(_ incident: Incident) {
        self.init(
            .incident,
            number: incident.id,
            right: Right.erasure.rawValue,
            state: "reappeared",
            reason: "the customer of request \(incident.request) is in Talon.One again",
            ageDays: Int(Date().timeIntervalSince(incident.openedAt) / 86_400),
            due: incident.subjectKeptUntil.map { CivilDate($0, in: .gmt).description },
            command: "dsr incidents list"
        )
    }

    fileprivate init(_ hold: HoldReview) {
        self.init(
            .hold,
            number: hold.id,
            state: "review",
            reason: "an operator must check whether the legal hold is still right",
            ageDays: hold.ageDays,
            due: hold.reviewOn.description,
            command: "dsr requests holds"
        )
    }
}

extension RequestSummary {
    /// What an operator runs next.
    fileprivate var nextCommand: String {
        switch waitingFor {
        case .identity: "dsr requests verify \(id)"
        case .approval: "dsr requests approve \(id) --subject ID"
        case .clarification: "dsr requests resume \(id)"
        case .holdUncertain: "dsr requests holds"
        case .brake, .unknownCustomers, .knownBefore, .controllerTexts: waitingFor?.releasingCommand ?? ""
        default: "dsr requests show \(id)"
        }
    }
}

extension Gate {
    /// The command that opens a gate which a run has closed, or tells what opens it.
    fileprivate var releasingCommand: String {
        switch self {
        case .brake: "dsr run --allow-spike TICKET"
        case .controllerTexts: "dsr run --dry-run"
        default: "dsr run --allow-unknown TICKET"
        }
    }
}

extension Array {
    /// The elements without a property, and those with it, in their order.
    fileprivate func partitioned(by isSecond: (Element) -> Bool) -> ([Element], [Element]) {
        (filter { !isSecond($0) }, filter(isSecond))
    }
}
