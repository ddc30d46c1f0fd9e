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
        try await transaction { connection in
            guard let row = try connection.query(IncidentStatements.lock, id).first else { return .notFound }
            guard try row.decode("closed_at", as: Date?.self) == nil else { return .unchanged }
            let request = try row.decode("request_id", as: Int64.self)
            var erasure: Int64?
            if erasing {
                erasure = try connection.query(
                    IncidentStatements.erase,
                    request,
                    justification.ticket,
                    author.name
                ).first?.decode("id")
                guard erasure != nil else { return .subjectGone }
            }
            try connection.query(IncidentStatements.close, id, author.name, erasure)
            try connection.query(IncidentStatements.clear, request)
            try connection.remember("incident_closed", of: .request(request), justification, by: author)
            try connection.query(
                IncidentStatements.log,
                parameters: Author.operator(author).parameters + [request, justification.ticket]
            )
            return .closed(erasure: erasure)
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

    static let lock = Statement(
        "lock an incident",
        "select request_id, closed_at from dsr.incidents where id = $1 for update"
    )

    static let erase = Statement(
        "queue another erasure",
        """
        insert into dsr.subject_requests (kind, integration_id, ticket, requested_by, channel)
        select 'erasure', c.integration_id, $2::text, $3::text, 'incident'
        from dsr.rechecks c where c.request_id = $1 and c.integration_id is not null
        returning id
        """
    )

    static let close = Statement(
        "close an incident",
        "update dsr.incidents set closed_at = clock_timestamp(), closed_by = $2, erased_by = $3::bigint where id = $1"
    )

    static let clear = Statement(
        "delete an identifier kept for a recheck",
        "update dsr.rechecks set integration_id = null where request_id = $1"
    )

    static let log = Statement(
        "log an incident's end",
        """
        select dsr.append_evidence(
            json_build_array(dsr.leaf('incident_closed', jsonb_build_object('ticket', $4::text), $3::bigint)),
            $1::bigint, $2::json)
        """
    )
}
