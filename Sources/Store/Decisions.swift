import Foundation
import Postgres
public import SubjectRequests

/// Why somebody decides as they do. One of the two is needed, and the database says so.
public struct Justification: Sendable, Hashable {
    /// One sentence for people. Not in the evidence, and dropped when the person is erased.
    public var reason: String?
    /// A reference. Kept in the evidence for good.
    public var ticket: String?

    /// A reason, a ticket, or both.
    public init(reason: String? = nil, ticket: String? = nil) {
        self.reason = reason
        self.ticket = ticket
    }
}

extension Store {
    /// What came of a decision.
    public enum DecisionResult: Sendable, Hashable {
        /// There is no such request, or it was not admitted.
        case notThere
        /// It was carried out; the request's state now, and what it waits for.
        case made(RequestState, waitingFor: Gate?)
        /// It was made before, or cannot be made.
        case notMade(Decision.Verdict)
    }

    /// Makes a decision about an admitted request, if its state allows it: the change, its leaf, and a look at the gates, in
    /// one commit. Made twice, it is made once.
    ///
    /// - Parameters:
    ///   - subject: Whom the request must be about, where the decider said so; somebody else's is not there.
    ///   - rules: How the deadline is counted again, where the decision moves it. The time zone stays the row's own.
    /// - Throws: ``StoreError`` `.unstorable` where the justification is missing or names the person.
    public func decide(
        _ decision: Decision,
        on request: Int64,
        because justification: Justification,
        by person: Author.Person,
        subject: SubjectID? = nil,
        rules: DeadlineRules
    ) async throws(StoreError) -> DecisionResult {
        try await transaction { connection in
            // Some decisions close a gate.
            try connection.query(GateLock.take)
            let found = try connection.query(DecisionStatements.standing, request, subject?.value)
            guard let row = found.first else { return .notThere }
            let suspensions = try connection.query(DecisionStatements.suspensions, request).map(Suspension.init)
            let standing = try RequestStanding(row, suspensions)
            let verdict = decision.verdict(on: standing)
            guard verdict == .allowed else { return .notMade(verdict) }

            for (statement, parameters) in decision.changes(request, today: standing.today) {
                try connection.query(statement, parameters: parameters)
            }
            let answerBy = try decision.recount(request, row, rules, connection)
            try connection.query(
                DecisionStatements.remember,
                request,
                decision.event,
                justification.reason,
                justification.ticket,
                person.actor
            )
            let details = decision.details(answerBy: answerBy)
            try connection.query(
                DecisionStatements.log,
                parameters: Author.person(person).parameters + [request, decision.event, details, justification.ticket]
            )
            try connection.query(
                GateStatements.some,
                parameters: Author.person(person).parameters + [false, [request]]
            )
            let now = try connection.query(DecisionStatements.state, request)[0]
            return .made(try now.decode("state"), waitingFor: try now.decode("waiting_for"))
        }
    }
}

extension RequestStanding {
    fileprivate init(_ row: PostgresRow, _ suspensions: [Suspension]) throws(PostgresError) {
        self.init(
            id: try row.decode("id"),
            right: try row.decode("kind"),
            state: try row.decode("state"),
            run: try row.decode("run_id"),
            requestedBy: try row.decode("requested_by"),
            today: try row.decode("today"),
            receivedOn: try row.decode("received_on"),
            noticeBy: try row.decode("notice_by"),
            isIdentityChecked: try row.decode("is_identity_checked"),
            approvedBy: try row.decode("approved_by"),
            extensionToldOn: try row.decode("extension_told_on"),
            refusalGround: try row.decode("refusal_ground"),
            refusalToldOn: try row.decode("refusal_told_on"),
            mayHaveActed: try row.decode("may_have_acted"),
            isToBeTriedLater: try row.decode("later"),
            isForgotten: try row.decode("is_forgotten"),
            suspensions: suspensions
        )
    }
}

extension Suspension {
    init(_ row: PostgresRow) throws(PostgresError) {
        self.init(
            cause: try row.decode("cause"),
            askedOn: try row.decode("asked_on"),
            answeredOn: try row.decode("answered_on")
        )
    }
}

extension Decision {
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

    /// Counts the deadline again where the decision moves it.
    ///
    /// - Returns: The new day to answer by.
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
        case .approved, .refused, .cancelled, .retried: return nil
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

    /// What the leaf says beyond the event.
    fileprivate func details(answerBy: CivilDate?) -> PostgresJSON {
        var members: [(String, String?)] = [("answer_by", answerBy?.description)]
        switch self {
        case .identityChecked(let method, _): members.append(("method", method.rawValue))
        case .extended(let toldOn): members.append(("told_on", toldOn.description))
        case .refused(let ground, let toldOn):
            members += [("ground", ground.rawValue), ("told_on", toldOn?.description)]
        case .suspended(let cause, let askedOn):
            members += [("cause", cause.rawValue), ("asked_on", askedOn.description)]
        case .resumed(let cause, let answeredOn):
            members += [("cause", cause.rawValue), ("answered_on", answeredOn.description)]
        case .approved, .cancelled, .retried: break
        }
        // Codes and days only: nothing in them needs escaping.
        let text = members.compactMap { name, value in value.map { #""\#(name)":"\#($0)""# } }
        return PostgresJSON("{\(text.joined(separator: ","))}")
    }
}

private enum DecisionStatements {
    static let standing = Statement(
        "read where a request stands",
        """
        select r.id, r.kind, r.state, r.run_id, r.requested_by, dsr.today(r.time_zone) as today,
               (r.received_at at time zone coalesce(r.time_zone, 'UTC'))::date as received_on, r.received_at, r.time_zone,
               r.notice_by, r.identity_checked_at is not null as is_identity_checked,
               case when r.approved_content = dsr.content_digest(r) then r.approved_by end as approved_by,
               r.extension_told_on, r.refusal_ground, r.refusal_told_on, r.may_have_acted,
               coalesce(r.not_before > clock_timestamp(), false) as later,
               r.integration_id is null as is_forgotten
        from dsr.subject_requests r
        where r.id = $1 and r.notice_by is not null and ($2::text is null or r.integration_id = $2)
        for no key update of r
        """
    )

    static let suspensions = Statement(
        "read a request's suspensions",
        "select cause, asked_on, answered_on from dsr.suspensions where request_id = $1 order by asked_on, id"
    )

    static let checkIdentity = Statement(
        "store an identity check",
        """
        update dsr.subject_requests
        set identity_method = $2, identity_checked_by = $3, identity_checked_at = clock_timestamp()
        where id = $1
        """
    )

    static let needIdentity = Statement(
        "need an identity check",
        "update dsr.subject_requests set needs_identity = true where id = $1 and $2::bool and not needs_identity"
    )

    static let approve = Statement(
        "store an approval",
        // The trigger adds what the approval is of.
        "update dsr.subject_requests set approved_by = $2, approved_at = clock_timestamp() where id = $1"
    )

    static let extend = Statement(
        "store an extension",
        "update dsr.subject_requests set extension_told_on = $2 where id = $1"
    )

    static let refuse = Statement(
        "refuse a request",
        """
        update dsr.subject_requests set
            state = 'refused', waiting_for = null, not_before = null, refusal_ground = $2, refusal_told_on = $3::date,
            reason = 'Refused on the ground of ' || $4::text || '.',
            finished_at = case when state = 'refused' then finished_at else clock_timestamp() end
        where id = $1
        """
    )

    static let cancel = Statement(
        "cancel a request",
        """
        update dsr.subject_requests set
            state = 'cancelled', waiting_for = null, not_before = null, reason = 'Withdrawn.',
            finished_at = clock_timestamp()
        where id = $1
        """
    )

    // Its account is clean again: a person has looked.
    static let retry = Statement(
        "retry a request",
        """
        update dsr.subject_requests set
            state = 'pending', finished_at = null, not_before = null, failures = 0, outcome = null, reason = null
        where id = $1
        """
    )

    static let ask = Statement(
        "begin a suspension",
        "insert into dsr.suspensions (request_id, cause, asked_on) values ($1, $2, $3)"
    )

    static let answer = Statement(
        "end a suspension",
        """
        update dsr.suspensions set answered_on = greatest($3::date, asked_on)
        where request_id = $1 and cause = $2 and answered_on is null
        """
    )

    static let recount = Statement(
        "store a deadline",
        """
        update dsr.subject_requests set answer_by = $2, latest_lawful = $3, deadline = $4 where id = $1
        """
    )

    static let remember = Statement(
        "remember a decision",
        """
        insert into dsr.decisions (request_id, decision, reason, ticket, actor) values ($1, $2, $3::text, $4::text, $5)
        """
    )

    static let log = Statement(
        "log a decision",
        """
        select dsr.append_evidence(json_build_array(
            json_build_object(
                'event', $4::text, 'request', r.id, 'right', r.kind, 'answer_by', d ->> 'answer_by',
                'method', d ->> 'method', 'ground', d ->> 'ground', 'cause', d ->> 'cause',
                'asked_on', d ->> 'asked_on', 'answered_on', d ->> 'answered_on', 'told_on', d ->> 'told_on',
                'ticket', coalesce($6::text, r.ticket), 'subject', encode(r.subject_commitment, 'hex'))
        ), $1::bigint, $2::json)
        from dsr.subject_requests r, (select $5::json) as details (d)
        where r.id = $3
        """
    )

    static let state = Statement(
        "read a request's state",
        "select state, waiting_for from dsr.subject_requests where id = $1"
    )
}
