public import Foundation
import Postgres
public import SubjectRequests

/// The result of a decision.
public enum DecisionResult: Sendable, Hashable {
    /// There is no such request, it was not admitted, or it is about a different customer.
    case notFound
    /// It was carried out; the request's state now, and the gate it waits for.
    case made(RequestState, waitingFor: Gate?)
    /// It was made before, or cannot be made.
    case notMade(Decision.Verdict)
}

extension Store {
    /// Carries out a decision about an admitted request, if its state allows it: the change, its log entry, and a check
    /// of the gates, in one commit. Idempotent.
    ///
    /// - Parameters:
    ///   - subject: The customer that the request must be about, where the operator gave one.
    ///   - rules: The rules for the new deadline, where the decision moves it. The time zone stays the row's own.
    /// - Throws: ``StoreError`` `.unstorable` where the justification is missing or names the customer.
    public func decide(
        _ decision: Decision,
        on request: Int64,
        because justification: Justification,
        by author: Author.Operator,
        subject: SubjectID? = nil,
        rules: DeadlineRules
    ) async throws -> DecisionResult {
        try await transaction { connection in
            let found = try connection.query(DecisionStatements.lock, request, subject?.value, author.name)
            guard let row = found.first else { return .notFound }
            let suspensions = try connection.query(DecisionStatements.suspensions, request).map(Suspension.init)
            let status = try RequestStatus(row, suspensions)
            let verdict = decision.verdict(on: status)
            guard verdict == .allowed else { return .notMade(verdict) }

            let deadline = try decision.deadline(row, suspensions, today: status.today, rules)
            let now = try connection.query(
                decision.isApproval ? DecisionStatements.approve : DecisionStatements.decide,
                parameters: decision.isApproval
                    ? [request, justification.reason, justification.ticket, author.facts]
                    : [
                        request, decision.event, try PostgresJSON(encoding: decision.particulars), decision.checker,
                        deadline?.answerBy, deadline?.latestLawful, deadline?.json, justification.reason,
                        justification.ticket, author.facts,
                    ]
            )[0]
            return .made(try now.decode("state"), waitingFor: try now.decode("waiting_for"))
        }
    }

    /// Approves all erasures that wait for it and repeat those since an instant.
    ///
    /// - Returns: Their number.
    public func approveReplays(
        since instant: Date,
        because justification: Justification,
        by author: Author.Operator
    ) async throws -> Int {
        try await row(
            DecisionStatements.approveReplays,
            [instant, justification.reason, justification.ticket, author.facts]
        ) { row in try row.decode("approved") }
    }
}

extension RequestStatus {
    fileprivate init(_ row: PostgresRow, _ suspensions: [Suspension]) throws {
        self.init(
            id: try row.decode("id"),
            right: try row.decode("kind"),
            state: try row.decode("state"),
            run: try row.decode("run_id"),
            requesterIsActor: try row.decode("requester_is_actor"),
            today: try row.decode("today"),
            receivedOn: try row.decode("received_on"),
            noticeBy: try row.decode("notice_by"),
            isIdentityChecked: try row.decode("is_identity_checked"),
            approvedBy: try row.decode("approved_by"),
            extensionToldOn: try row.decode("extension_told_on"),
            refusalGround: try row.decode("refusal_ground"),
            refusalToldOn: try row.decode("refusal_told_on"),
            mayHaveActed: try row.decode("may_have_acted"),
            isPostponed: try row.decode("later"),
            isForgotten: try row.decode("is_forgotten"),
            suspensions: suspensions
        )
    }
}

extension Suspension {
    init(_ row: PostgresRow) throws {
        self.init(
            cause: try row.decode("cause"),
            askedOn: try row.decode("asked_on"),
            answeredOn: try row.decode("answered_on")
        )
    }
}

extension Decision {
    fileprivate var isApproval: Bool {
        if case .approved = self { true } else { false }
    }

    /// Of an identity check: the operator who made it.
    fileprivate var checker: String? {
        if case .identityChecked(_, let checker) = self { checker } else { nil }
    }

    /// The new deadline, where the decision moves it.
    fileprivate func deadline(
        _ row: PostgresRow,
        _ suspensions: [Suspension],
        today: CivilDate,
        _ rules: DeadlineRules
    ) throws -> Deadline? {
        var toldOn = try row.decode("extension_told_on", as: CivilDate?.self)
        var suspensions = suspensions
        /// Ends the open suspension of a cause, as `dsr.answer` does.
        func answer(_ cause: Suspension.Cause, on day: CivilDate) {
            guard let open = suspensions.firstIndex(where: { $0.cause == cause && $0.answeredOn == nil }) else {
                return
            }
            let askedOn = suspensions[open].askedOn
            suspensions[open] = Suspension(cause: cause, askedOn: askedOn, answeredOn: max(day, askedOn))
        }
        switch self {
        case .extended(let day): toldOn = day
        case .identityChecked: answer(.identity, on: today)
        case .suspended(let cause, let askedOn):
            suspensions.append(Suspension(cause: cause, askedOn: askedOn, answeredOn: nil))
        case .resumed(let cause, let answeredOn): answer(cause, on: answeredOn)
        case .approved, .refused, .reopened, .cancelled, .retried: return nil
        }
        var rules = rules
        rules.zone = try row.decode("time_zone", as: String?.self).flatMap(TimeZone.init(identifier:)) ?? rules.zone
        return rules.deadline(
            receivedAt: try row.decode("received_at"),
            suspensions: suspensions.sorted { $0.askedOn < $1.askedOn },
            extensionToldOn: toldOn
        )
    }

    /// What the log entry says beyond the event: codes and dates; of a refusal also its sentence, which the row keeps.
    fileprivate var particulars: [String: String] {
        var particulars: [String: String] = [:]
        switch self {
        case .identityChecked(let method, _):
            particulars["method"] = method.rawValue
        case .extended(let toldOn):
            particulars["told_on"] = toldOn.description
        case .refused(let ground, let toldOn):
            particulars["ground"] = ground.rawValue
            particulars["told_on"] = toldOn?.description
            particulars["reason"] = "Refused on the ground of \(ground.article)."
        case .suspended(let cause, let askedOn):
            particulars["cause"] = cause.rawValue
            particulars["asked_on"] = askedOn.description
        case .resumed(let cause, let answeredOn):
            particulars["cause"] = cause.rawValue
            particulars["answered_on"] = answeredOn.description
        case .approved, .reopened, .cancelled, .retried:
            break
        }
        return particulars
    }
}
