public import Foundation
import Postgres
public import SubjectRequests

/// A request beyond its summary: deadline, gates and decisions.
public struct RequestDetail: Sendable {
    /// The deadline with its steps; `nil` before admission.
    public let deadline: Deadline?
    /// The gates that are closed now.
    public let closedGates: [Gate]
    /// Whether the identity must be verified; how and by whom it was.
    public let needsIdentity: Bool, identityMethod: IdentityMethod?, identityCheckedBy: String?
    /// When the identity was verified.
    public let identityCheckedAt: Date?
    /// The operating-system user who submitted it with dsr, and the database role that inserted it.
    public let submittedBy: String?, insertedBy: String
    /// The database role with which it was approved.
    public let approvedWithRole: String?
    /// Whether it must be approved; by whom and when it was, and whether the request has not changed since.
    public let needsApproval: Bool, approvedBy: String?, approvedAt: Date?, isApprovalCurrent: Bool
    /// The first day on which an erasure may be carried out.
    public let notErasedBefore: CivilDate?
    /// The date on which the customer was told of an extension.
    public let extensionToldOn: CivilDate?
    /// The ground of a refusal; the date on which the customer was told, and the last date for that.
    public let refusalGround: RefusalGround?, refusalToldOn: CivilDate?, noticeBy: CivilDate?
    /// The erasure that it repeats.
    public let replayOf: Int64?
    /// The intervals in which the controller waited for the customer.
    public let suspensions: [Suspension]
    /// The decisions of operators, oldest first.
    public let decisions: [DecisionNote]
}

/// A decision of an operator as it is stored.
public struct DecisionNote: Sendable {
    /// The decision, and the operator.
    public let decision: String, actor: String
    /// The justification.
    public let reason: String?, ticket: String?
    /// When it was made.
    public let madeAt: Date
}

extension Store {
    /// A request's deadline, gates and decisions; `nil` where there is no such request.
    public func detail(of request: Int64) async throws -> RequestDetail? {
        let suspensions = try await rows(DetailStatements.suspensions, [request], Suspension.init)
        let decisions = try await rows(DetailStatements.decisions, [request]) { row in
            DecisionNote(
                decision: try row.decode("decision"),
                actor: try row.decode("actor"),
                reason: try row.decode("reason"),
                ticket: try row.decode("ticket"),
                madeAt: try row.decode("made_at")
            )
        }
        return try await rows(DetailStatements.detail, [request]) { row in
            RequestDetail(
                deadline: try row.decode("deadline", as: PostgresJSON?.self).flatMap(Deadline.init),
                closedGates: try row.decode("closed_gates"),
                needsIdentity: try row.decode("needs_identity"),
                identityMethod: try row.decode("identity_method"),
                identityCheckedBy: try row.decode("identity_checked_by"),
                identityCheckedAt: try row.decode("identity_checked_at"),
                submittedBy: try row.decode("submitted_by"),
                insertedBy: try row.decode("inserted_by"),
                approvedWithRole: try row.decode("approved_with_role"),
                needsApproval: try row.decode("needs_approval"),
                approvedBy: try row.decode("approved_by"),
                approvedAt: try row.decode("approved_at"),
                isApprovalCurrent: try row.decode("is_approval_current"),
                notErasedBefore: try row.decode("not_erased_before"),
                extensionToldOn: try row.decode("extension_told_on"),
                refusalGround: try row.decode("refusal_ground"),
                refusalToldOn: try row.decode("refusal_told_on"),
                noticeBy: try row.decode("notice_by"),
                replayOf: try row.decode("replay_of"),
                suspensions: suspensions,
                decisions: decisions
            )
        }.first
    }
}

private enum DetailStatements {
    static let detail = Statement(
        "read a request's gates",
        """
        select r.deadline, r.needs_identity, r.identity_method, r.identity_checked_by, r.identity_checked_at,
               r.submitted_by, r.inserted_by::text, r.approved_with_role::text,
               r.needs_approval, r.approved_by, r.approved_at, r.not_erased_before, r.extension_told_on, r.refusal_ground,
               r.refusal_told_on, r.notice_by, r.replay_of,
               coalesce(r.approved_content = dsr.content_digest(r), false) as is_approval_current,
               case when r.state in ('pending', 'waiting') and r.admitted_at is not null
                   then dsr.closed_gates(r) || case when r.waiting_for in ('brake', 'unknown_customers', 'known_before', 'controller_texts') then array[r.waiting_for] else '{}' end
                   else '{}' end as closed_gates
        from dsr.subject_requests r
        where r.id = $1
        """
    )

    static let suspensions = Statement(
        "read a request's suspensions for its detail",
        "select cause, asked_on, answered_on from dsr.suspensions where request_id = $1 order by asked_on, id"
    )

    static let decisions = Statement(
        "read a request's decisions",
        "select decision, actor, reason, ticket, made_at from dsr.decisions where request_id = $1 order by id"
    )
}
