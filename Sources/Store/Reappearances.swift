public import Foundation
import Postgres
public import SubjectRequests

/// Somebody who was erased, and at whom one more look is due.
public struct DueReappearance: Sendable {
    /// The erasure.
    public let request: Int64
    /// The person.
    public let subject: SubjectID
}

/// What a look after an erasure found.
public enum Reappearance: Sendable, Hashable {
    /// The person is not back.
    case absent
    /// They are: sections and kinds, never values.
    case back([String])
}

extension Store {
    /// Looks that are due, after a request's number.
    public func dueReappearances(after request: Int64, limit: Int) async throws(StoreError) -> [DueReappearance] {
        try await rows(ReappearanceStatements.due, [request, limit]) { row throws(PostgresError) in
            (try row.decode("request_id", as: Int64.self), try row.decode("integration_id", as: String.self))
        }.compactMap { request, id in
            (try? SubjectID(id)).map { DueReappearance(request: request, subject: $0) }
        }
    }

    /// Records what a look found: clears the identifier where the person is not back, and opens an incident where they are.
    ///
    /// - Returns: Whether it was recorded; another run may have done so.
    public func record(_ found: Reappearance, of request: Int64, run: Int64) async throws(StoreError) -> Bool {
        let kinds: [String]? =
            switch found {
            case .absent: nil
            case .back(let kinds): kinds
            }
        return try await rows(
            ReappearanceStatements.record,
            [run, request, kinds == nil ? "absent" : "back", kinds ?? []]
        ) { row throws(PostgresError) in try row.decode("request_id", as: Int64.self) }.isEmpty == false
    }

    /// Clears identifiers that may not be kept any longer, whether or not anybody has looked.
    ///
    /// - Returns: How many were cleared without a look.
    public func dropExpiredReappearances(run: Int64) async throws(StoreError) -> Int {
        try await rows(ReappearanceStatements.drop, [run]) { row throws(PostgresError) in
            try row.decode("unread", as: Int.self)
        }.first ?? 0
    }

    /// A person who is back after their erasure.
    public struct Incident: Sendable {
        /// Its number, and the erasure after which the person is back.
        public let id: Int64, request: Int64
        /// What was found, by section and kind.
        public let found: [String]
        /// When it was opened and closed, and by whom; the erasure that answers it.
        public let openedAt: Date, closedAt: Date?, closedBy: String?, erasedBy: Int64?
        /// Until when the identifier is kept for it; `nil` where it is gone.
        public let subjectKeptUntil: Date?
    }

    /// Incidents after a number, those that are closed only on request.
    public func incidents(after id: Int64, includingClosed: Bool, limit: Int) async throws(StoreError) -> [Incident] {
        try await rows(ReappearanceStatements.list, [id, includingClosed, limit]) { row throws(PostgresError) in
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

    /// What closing an incident came to.
    public enum IncidentClosing: Sendable, Hashable {
        /// There is no such incident; it was closed before; the identifier is gone, so that no erasure can be queued.
        case notThere, wasClosed, subjectGone
        /// It is closed; the erasure that was queued for it.
        case closed(erasure: Int64?)
    }

    /// Closes an incident and clears the identifier; queues another erasure of the person first where that is asked for.
    public func closeIncident(
        _ id: Int64,
        erasing: Bool,
        because justification: Justification,
        by person: Author.Person
    ) async throws(StoreError) -> IncidentClosing {
        try await transaction { connection in
            guard let row = try connection.query(ReappearanceStatements.lock, id).first else { return .notThere }
            guard try row.decode("closed_at", as: Date?.self) == nil else { return .wasClosed }
            let request = try row.decode("request_id", as: Int64.self)
            var erasure: Int64?
            if erasing {
                erasure = try connection.query(
                    ReappearanceStatements.erase,
                    request,
                    justification.ticket,
                    person.actor
                ).first?.decode("id")
                guard erasure != nil else { return .subjectGone }
            }
            try connection.query(ReappearanceStatements.close, id, person.actor, erasure)
            try connection.query(ReappearanceStatements.clear, request)
            try connection.query(
                ReappearanceStatements.remember,
                request,
                justification.reason,
                justification.ticket,
                person.actor
            )
            try connection.query(
                ReappearanceStatements.log,
                parameters: Author.person(person).parameters + [request, justification.ticket]
            )
            return .closed(erasure: erasure)
        }
    }
}

private enum ReappearanceStatements {
    static let due = Statement(
        "read due looks",
        """
        select request_id, integration_id from dsr.reappearance_checks
        where integration_id is not null and checked_at is null and due_at <= clock_timestamp()
          and drop_at > clock_timestamp() and request_id > $1
        order by request_id
        limit $2
        """
    )

    static let record = Statement(
        "record a look",
        """
        with hit as (
            update dsr.reappearance_checks set
                checked_at = clock_timestamp(),
                found = $3,
                integration_id = case when $3 = 'back' then integration_id end
            where request_id = $2 and checked_at is null
            returning request_id, found
        ), incident as (
            insert into dsr.incidents (kind, request_id, found)
            select 'reappeared', request_id, $4::text[] from hit where found = 'back'
        ), entries as (
            select json_agg(json_build_object(
                'event', 'looked_again', 'request', request_id, 'found', found,
                'remains', case when found = 'back' then to_json($4::text[]) end)) as list
            from hit
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1) from entries
        )
        select request_id from hit where exists (select from log)
        """
    )

    static let drop = Statement(
        "drop identifiers kept for a look",
        """
        with hit as (
            update dsr.reappearance_checks set
                integration_id = null,
                checked_at = coalesce(checked_at, clock_timestamp()),
                found = coalesce(found, 'unread')
            where integration_id is not null and drop_at <= clock_timestamp()
            returning request_id, found
        ), entries as (
            select json_agg(json_build_object('event', 'looked_again', 'request', request_id, 'found', found)
                            order by request_id) as list
            from hit where found = 'unread'
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1) from entries
        )
        select count(*) filter (where found = 'unread') as unread from hit where exists (select from log)
        """
    )

    static let list = Statement(
        "list incidents",
        """
        select i.id, i.request_id, i.found, i.opened_at, i.closed_at, i.closed_by, i.erased_by,
               case when c.integration_id is not null then c.drop_at end as kept_until
        from dsr.incidents i left join dsr.reappearance_checks c on c.request_id = i.request_id
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
        from dsr.reappearance_checks c where c.request_id = $1 and c.integration_id is not null
        returning id
        """
    )

    static let close = Statement(
        "close an incident",
        "update dsr.incidents set closed_at = clock_timestamp(), closed_by = $2, erased_by = $3::bigint where id = $1"
    )

    static let clear = Statement(
        "clear an identifier kept for a look",
        "update dsr.reappearance_checks set integration_id = null where request_id = $1"
    )

    static let remember = Statement(
        "remember why an incident was closed",
        """
        insert into dsr.decisions (request_id, decision, reason, ticket, actor)
        values ($1, 'incident_closed', $2::text, $3::text, $4)
        """
    )

    static let log = Statement(
        "log an incident's end",
        """
        select dsr.append_evidence(json_build_array(json_build_object(
            'event', 'incident_closed', 'request', $3::bigint, 'ticket', $4::text)), $1::bigint, $2::json)
        """
    )
}
