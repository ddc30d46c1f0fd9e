import Foundation
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
            // Some decisions close a gate.
            try connection.query(AdvisoryLock.gates.take)
            let actor = decision.approver ?? author.name
            let found = try connection.query(DecisionStatements.status, request, subject?.value, actor)
            guard let row = found.first else { return .notFound }
            let suspensions = try connection.query(DecisionStatements.suspensions, request).map(Suspension.init)
            let status = try RequestStatus(row, suspensions)
            let verdict = decision.verdict(on: status)
            guard verdict == .allowed else { return .notMade(verdict) }

            for (statement, parameters) in decision.changes(request, today: status.today) {
                try connection.query(statement, parameters: parameters)
            }
            let answerBy = try decision.recount(request, row, rules, connection)
            try connection.remember(decision.event, of: .request(request), justification, by: author)
            var particulars = decision.particulars(answerBy: answerBy)
            particulars["ticket"] = justification.ticket
            let author = Author.operator(author)
            try connection.query(
                DecisionStatements.log,
                parameters: author.parameters + [request, decision.event, try PostgresJSON(encoding: particulars)]
            )
            try connection.query(GateStatements.some, parameters: author.parameters + [false, [request]])
            let now = try connection.query(DecisionStatements.state, request)[0]
            return .made(try now.decode("state"), waitingFor: try now.decode("waiting_for"))
        }
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
    /// For an approval: the operator who approves.
    fileprivate var approver: String? {
        guard case .approved(let approver) = self else { return nil }
        return approver
    }

    /// The statements that carry it out.
    fileprivate func changes(_ request: Int64, today: CivilDate) -> [(Statement, [any PostgresEncodable])] {
        switch self {
        case .identityChecked(let method, let checker):
            [
                (DecisionStatements.checkIdentity, [request, method.rawValue, checker]),
                (DecisionStatements.answer, [request, Suspension.Cause.identity.rawValue, today]),
            ]
        case .approved(let approver):
            [(DecisionStatements.approve, [request, approver])]
        case .extended(let toldOn):
            [(DecisionStatements.extend, [request, toldOn])]
        case .refused(let ground, let toldOn):
            [(DecisionStatements.refuse, [request, ground.rawValue, toldOn, ground.article])]
        case .reopened:
            [(DecisionStatements.reopen, [request])]
        case .cancelled:
            [(DecisionStatements.cancel, [request])]
        case .retried:
            [(DecisionStatements.retry, [request])]
        case .suspended(let cause, let askedOn):
            [
                (DecisionStatements.ask, [request, cause.rawValue, askedOn]),
                (DecisionStatements.needIdentity, [request, cause == .identity]),
            ]
        case .resumed(let cause, let answeredOn):
            [(DecisionStatements.answer, [request, cause.rawValue, answeredOn])]
        }
    }

    /// Derives the deadline again where the decision moves it.
    ///
    /// - Returns: The new answer-by date.
    fileprivate func recount(
        _ request: Int64,
        _ row: PostgresRow,
        _ rules: DeadlineRules,
        _ connection: isolated PostgresConnection
    ) throws -> CivilDate? {
        var toldOn = try row.decode("extension_told_on", as: CivilDate?.self)
        switch self {
        case .extended(let day): toldOn = day
        case .identityChecked, .suspended, .resumed: break
        case .approved, .refused, .reopened, .cancelled, .retried: return nil
        }
        var rules = rules
        rules.zone = try row.decode("time_zone", as: String?.self).flatMap(TimeZone.init(identifier:)) ?? rules.zone
        let deadline = rules.deadline(
            receivedAt: try row.decode("received_at"),
            suspensions: try connection.query(DecisionStatements.suspensions, request).map(Suspension.init),
            extensionToldOn: toldOn
        )
        try connection.query(
            DecisionStatements.recount,
            request,
            deadline.answerBy,
            deadline.latestLawful,
            deadline.json
        )
        return deadline.answerBy
    }

    /// What the log entry says beyond the event: codes and dates.
    fileprivate func particulars(answerBy: CivilDate?) -> [String: String] {
        var particulars: [String: String] = [:]
        particulars["answer_by"] = answerBy?.description
        switch self {
        case .identityChecked(let method, _):
            particulars["method"] = method.rawValue
        case .extended(let toldOn):
            particulars["told_on"] = toldOn.description
        case .refused(let ground, let toldOn):
            particulars["ground"] = ground.rawValue
            particulars["told_on"] = toldOn?.description
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
