public import Foundation
import Postgres
public import SubjectRequests

/// An erased customer who reappeared in Talon.One.
public struct Incident: Sendable {
    /// Its number, and the erasure after which the customer reappeared.
    public let id: Int64, request: Int64
    /// What was found, by section and kind.
    public let found: [String]
    /// When it was opened and closed, and by whom; the erasure that answers it.
    public let openedAt: Date, closedAt: Date?, closedBy: String?, erasedBy: Int64?
    /// The instant until which the identifier is kept for it; `nil` where it was deleted.
    public let subjectKeptUntil: Date?
}

/// The result of closing an incident.
public enum IncidentClosing: Sendable, Hashable {
    /// There is no such incident; it was closed before; the identifier was deleted, so no erasure can be queued.
    case notFound, unchanged, subjectGone
    /// It is closed; the erasure that was queued for it.
    case closed(erasure: Int64?)
}

extension Store {
    /// Incidents after a number, closed ones only on request.
    public func incidents(after id: Int64, includingClosed: Bool, limit: Int) async throws -> [Incident] {
        try await rows(IncidentStatements.list, [id, includingClosed, limit]) { row in
            Incident(
                id: try row.decode("id"),
                request: try row.decode("request_id"),
                found: try row.decode("found"),
                openedAt: try row.decode("opened_at"),
                closedAt: try row.decode("closed_at"),
                closedBy: try row.decode("closed_by"),
                erasedBy: try row.decode("erased_by"),
                subjectKeptUntil: try row.decode("kept_until")
            )
        }
    }

    /// Closes an incident and deletes the identifier; queues another erasure of the customer first where that is asked
    /// for.
    public func closeIncident(
        _ id: Int64,
        erasing: Bool,
        because justification: Justification,
        by author: Author.Operator
    ) async throws -> IncidentClosing {
        try await row(
            IncidentStatements.close,
            [id, erasing, justification.reason, justification.ticket, author.facts]
        ) { row in
            switch try row.decode("result", as: String.self) {
            case "not_found": .notFound
            case "unchanged": .unchanged
            case "subject_gone": .subjectGone
            default: .closed(erasure: try row.decode("erasure"))
            }
        }
    }
}

private enum IncidentStatements {
    static let list = Statement(
        "list incidents",
        """
        select i.id, i.request_id, i.found, i.opened_at, i.closed_at, i.closed_by, i.erased_by,
               case when c.integration_id is not null then c.drop_at end as kept_until
        from dsr.incidents i left join dsr.rechecks c on c.request_id = i.request_id
        where i.id > $1 and ($2::bool or i.closed_at is null)
        order by i.id
        limit $3
        """
    )

    static let close = Statement(
        "close an incident",
        "select * from dsr.close_incident($1, $2::bool, $3::text, $4::text, $5::json)"
    )
}
