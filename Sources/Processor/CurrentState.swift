import Foundation
import Reports
import Store
import SubjectRequests

/// The state at one instant, whichever run found it: what needs action, what waits, what is at risk, and the evidence log.
struct CurrentState: Sendable {
    private let actions: PendingActions, incidents: [Incident], holds: [HoldReview]
    /// Counts of all that an operator must settle, without missed rechecks.
    let attention: Attention
    /// Requests without an answer that are due within ``RunReport/atRiskDays``, or overdue.
    let atRisk: Int
    let evidence: EvidenceState
    /// The texts of the controller that are missing, in one sentence; `nil` where none is, or where it is not known.
    private let textsProblem: String?

    /// - Parameters:
    ///   - days: A routine wait needs action when its request is older than this.
    ///   - textsProblem: The texts of the controller that the configuration lacks, in one sentence.
    /// - Throws: ``StoreError``.
    static func read(
        from store: Store,
        attentionDays days: Int,
        textsProblem: String?
    ) async throws -> CurrentState {
        CurrentState(
            actions: try await store.pendingActions(after: days, atRisk: RunReport.atRiskDays, limit: 1_000),
            incidents: try await store.incidents(after: 0, includingClosed: false, limit: 100),
            holds: try await store.holdsToReview(limit: 100),
            attention: try await store.attention(),
            atRisk: try await store.atRisk(withinDays: RunReport.atRiskDays),
            evidence: try await store.evidenceState(),
            textsProblem: textsProblem
        )
    }

    private var urgent: [PendingAction] { actions.requests.filter { !$0.isRoutine } }
    private var routine: [PendingAction] { actions.requests.filter(\.isRoutine) }

    private var heldBack: [RunReport.Row] {
        actions.heldBack.map { held in
            let isErasures = held.gate == .brake
            return RunReport.Row(
                isErasures ? .erasures : .requests,
                count: held.count,
                right: isErasures ? Right.erasure.rawValue : nil,
                state: held.gate.rawValue,
                reason: reason(for: held.gate),
                ageDays: held.ageDays,
                due: held.due?.description,
                command: held.gate.nextCommand ?? ""
            )
        }
    }

    private func reason(for gate: Gate) -> String {
        switch gate {
        case .brake: "held back because there were unusually many"
        case .controllerTexts: textsProblem ?? "the configuration of a run lacked texts of the controller"
        default: "the answer \"no data\" is held back because unusually many customers were unknown"
        }
    }
}

extension RunReport {
    /// Takes over the present state.
    mutating func apply(_ state: CurrentState, asOf instant: Date) {
        asOf = instant
        needsAction = state.needsAction
        routine = state.waiting
        unlistedNeedsAction = state.unlistedNeedsAction
        unlistedRoutine = state.unlistedRoutine
        let missed = attention.missedRechecks
        attention = state.attention
        // Only the run that drops them knows.
        attention.missedRechecks = missed
        atRisk = state.atRisk
        evidence = state.evidence
    }
}

extension CurrentState {
    /// All that needs action, most urgent first.
    fileprivate var needsAction: [RunReport.Row] {
        urgent.map(RunReport.Row.init) + heldBack + incidents.map(RunReport.Row.init) + holds.map(RunReport.Row.init)
    }
    fileprivate var waiting: [RunReport.Row] { routine.map(RunReport.Row.init) }
    fileprivate var unlistedNeedsAction: Int { actions.needingAction - urgent.count }
    fileprivate var unlistedRoutine: Int { actions.routine - routine.count }
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
        default: waitingFor?.nextCommand ?? "dsr requests show \(id)"
        }
    }
}

extension Gate {
    /// The command that opens the gate for all its requests, or tells what opens it; `nil` where each has its own.
    fileprivate var nextCommand: String? {
        switch self {
        case .brake: "dsr run --allow-spike TICKET"
        case .unknownCustomers, .knownBefore: "dsr run --allow-unknown TICKET"
        case .controllerTexts: "dsr run --dry-run"
        default: nil
        }
    }
}
