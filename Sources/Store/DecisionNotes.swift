import Postgres
import SubjectRequests

/// The row that a decision is about.
enum DecisionObject {
    case request(Int64)
    case hold(Int64)
}

extension PostgresConnection {
    /// Stores why an operator decided. The database rejects a decision without a reason or a ticket.
    func remember(
        _ decision: String,
        of object: DecisionObject,
        _ justification: Justification,
        by author: Author.Operator
    ) throws {
        let (request, hold): (Int64?, Int64?) =
            switch object {
            case .request(let id): (id, nil)
            case .hold(let id): (nil, id)
            }
        try query(
            Self.rememberDecision,
            request,
            hold,
            decision,
            justification.reason,
            justification.ticket,
            author.name
        )
    }

    private static let rememberDecision = Statement(
        "remember a decision",
        """
        insert into dsr.decisions (request_id, hold_id, decision, reason, ticket, actor)
        values ($1::bigint, $2::bigint, $3, $4::text, $5::text, $6)
        """
    )
}
