public import Foundation
import Postgres
public import SubjectRequests

/// A reason of Art. 17(3) GDPR to keep a person's data against an erasure.
public struct LegalHold: Sendable, Hashable {
    /// The letters of Art. 17(3).
    public enum Ground: String, Sendable, Hashable, CaseIterable, PostgresText {
        /// Expression and information; obligation or public task; public health; archiving and research; legal claims.
        case a, b, c, d, e
    }

    /// The letter.
    public var ground: Ground
    /// The rule that it rests on, as in `section 147 AO`.
    public var sourceOfLaw: String
    /// The day on which somebody must ask whether it is still right.
    public var reviewOn: CivilDate
    /// Its last day, where the law gives one; otherwise it lasts until it is released.
    public var expiresOn: CivilDate?

    /// A hold.
    public init(ground: Ground, sourceOfLaw: String, reviewOn: CivilDate, expiresOn: CivilDate? = nil) {
        self.ground = ground
        self.sourceOfLaw = sourceOfLaw
        self.reviewOn = reviewOn
        self.expiresOn = expiresOn
    }
}

extension Store {
    /// A hold as it is stored.
    public struct StoredHold: Sendable {
        /// Its number.
        public let id: Int64
        /// What it is.
        public let hold: LegalHold
        /// Who placed it, and when.
        public let placedBy: String, placedAt: Date
        /// When it was released.
        public let releasedAt: Date?
        /// Whether its last day is over, and whether its day of review has come.
        public let isExpired: Bool, isDueForReview: Bool
        /// Open erasures that it holds back.
        public let heldBack: Int
    }

    /// What placing a hold came to.
    public struct PlacedHold: Sendable, Hashable {
        /// Its number.
        public let id: Int64
        /// Whether there was one of that ground and rule before; only its day of review was set then.
        public let wasThere: Bool
        /// Open erasures of the person that wait now.
        public let heldBack: [Int64]
        /// Erasures that a run works at this moment and has not sent yet: they will not be sent.
        public let stopped: [Int64]
        /// Erasures whose call was announced before the hold came: they may be done.
        public let tooLate: [Int64]
    }

    /// Places a hold on a person. From its commit on no call that erases them is announced.
    ///
    /// - Parameters:
    ///   - digest: The person's digest, and the key it was made with.
    public func placeHold(
        _ hold: LegalHold,
        on subject: SubjectID,
        digest: Data,
        keyID: Data,
        because justification: Justification,
        by person: Author.Person
    ) async throws(StoreError) -> PlacedHold {
        try await transaction { connection in
            try connection.query(GateLock.take)
            let before = try connection.query(
                HoldStatements.find,
                digest,
                hold.ground.rawValue,
                hold.sourceOfLaw,
                hold.expiresOn
            ).first
            let id: Int64
            if let before {
                id = try before.decode("id")
                try connection.query(HoldStatements.review, id, hold.reviewOn)
            } else {
                id = try connection.query(
                    HoldStatements.place,
                    digest,
                    keyID,
                    hold.ground.rawValue,
                    hold.sourceOfLaw,
                    person.actor,
                    hold.reviewOn,
                    hold.expiresOn
                )[0].decode("id")
            }
            let isNew = try before.map { try $0.decode("review_on", as: CivilDate.self) != hold.reviewOn } ?? true
            if isNew {
                try connection.query(
                    HoldStatements.remember,
                    id,
                    before == nil ? "held" : "reviewed",
                    justification.reason,
                    justification.ticket,
                    person.actor
                )
                try connection.query(
                    HoldStatements.log,
                    parameters: Author.person(person).parameters + [
                        before == nil ? "held" : "reviewed", id, hold.ground.rawValue, hold.reviewOn,
                        justification.ticket,
                    ]
                )
            }
            let rows = try connection.query(HoldStatements.requests, subject.value, digest, keyID)
            let open = try rows.map { row in
                (try row.decode("id", as: Int64.self), try row.decode("standing", as: String.self))
            }
            try connection.query(
                GateStatements.some,
                parameters: Author.person(person).parameters + [false, open.map(\.0)]
            )
            return PlacedHold(
                id: id,
                wasThere: before != nil,
                heldBack: open.filter { $0.1 == "open" }.map(\.0),
                stopped: open.filter { $0.1 == "claimed" }.map(\.0),
                tooLate: open.filter { $0.1 == "announced" }.map(\.0)
            )
        }
    }

    /// Releases a hold; what it alone held back goes back to the queue.
    ///
    /// - Returns: How many requests are ready now; `nil` where there is no such hold. Zero, and nothing written, where it
    ///   was released before.
    public func releaseHold(
        _ id: Int64,
        because justification: Justification,
        by person: Author.Person
    ) async throws(StoreError) -> (wasReleased: Bool, ready: Int)? {
        try await transaction { connection in
            try connection.query(GateLock.take)
            guard let row = try connection.query(HoldStatements.lock, id).first else { return nil }
            guard try row.decode("released_at", as: Date?.self) == nil else { return (true, 0) }
            try connection.query(HoldStatements.release, id, person.actor)
            try connection.query(
                HoldStatements.remember,
                id,
                "released",
                justification.reason,
                justification.ticket,
                person.actor
            )
            try connection.query(
                HoldStatements.log,
                parameters: Author.person(person).parameters + [
                    "released", id, try row.decode("ground", as: String.self),
                    try row.decode("review_on", as: CivilDate.self), justification.ticket,
                ]
            )
            let waiting = try connection.query(HoldStatements.heldBack).map { try $0.decode("id", as: Int64.self) }
            let gates = try GateCounts(
                connection.query(
                    GateStatements.some,
                    parameters: Author.person(person).parameters + [false, waiting]
                )
            )
            return (false, gates.opened)
        }
    }

    /// Holds after a number, those that are over only on request.
    public func holds(after id: Int64, includingOver: Bool, limit: Int) async throws(StoreError) -> [StoredHold] {
        try await rows(HoldStatements.list, [id, includingOver, limit]) { row throws(PostgresError) in
            StoredHold(
                id: try row.decode("id"),
                hold: LegalHold(
                    ground: try row.decode("ground"),
                    sourceOfLaw: try row.decode("source_of_law"),
                    reviewOn: try row.decode("review_on"),
                    expiresOn: try row.decode("expires_on")
                ),
                placedBy: try row.decode("placed_by"),
                placedAt: try row.decode("placed_at"),
                releasedAt: try row.decode("released_at"),
                isExpired: try row.decode("is_expired"),
                isDueForReview: try row.decode("is_due"),
                heldBack: try row.decode("held_back")
            )
        }
    }
}

private enum HoldStatements {
    static let find = Statement(
        "find a hold",
        """
        select id, review_on from dsr.legal_holds
        where subject_digest = $1 and ground = $2 and source_of_law = $3 and expires_on is not distinct from $4::date
          and released_at is null
        for update
        """
    )

    static let place = Statement(
        "place a hold",
        """
        insert into dsr.legal_holds
            (subject_digest, subject_key_id, ground, source_of_law, placed_by, review_on, expires_on)
        values ($1, $2, $3, $4, $5, $6, $7::date)
        returning id
        """
    )

    static let review = Statement(
        "set a hold's day of review",
        "update dsr.legal_holds set review_on = $2 where id = $1 and review_on <> $2"
    )

    static let remember = Statement(
        "remember a decision about a hold",
        """
        insert into dsr.decisions (hold_id, decision, reason, ticket, actor) values ($1, $2, $3::text, $4::text, $5)
        """
    )

    static let log = Statement(
        "log a hold",
        """
        select dsr.append_evidence(json_build_array(json_build_object(
            'event', $3::text, 'hold', $4::bigint, 'ground', 'art17_3_' || $5::text, 'review_on', $6::date,
            'ticket', $7::text)), $1::bigint, $2::json)
        """
    )

    // Requests that were admitted without the key, or under another, are compared from now on.
    static let requests = Statement(
        "find a held person's requests",
        """
        with digested as (
            update dsr.subject_requests set subject_digest = $2, subject_key_id = $3
            where integration_id = $1 and admitted_at is not null and state in ('pending', 'waiting', 'running')
            returning id, kind, state, claim_no
        )
        select d.id, case
            when d.state <> 'running' then 'open'
            when exists (
                select from dsr.evidence_leaves l join dsr.evidence_payloads p using (index)
                where l.request_id = d.id
                  and convert_from(p.payload, 'UTF8')::json ->> 'action' = 'delete_customer_data'
                  and (convert_from(p.payload, 'UTF8')::json ->> 'claim')::int = d.claim_no
            ) then 'announced' else 'claimed' end as standing
        from digested d
        where d.kind = 'erasure'
        order by d.id
        """
    )

    static let lock = Statement(
        "lock a hold",
        "select ground, review_on, released_at from dsr.legal_holds where id = $1 for update"
    )

    static let release = Statement(
        "release a hold",
        "update dsr.legal_holds set released_at = clock_timestamp(), released_by = $2 where id = $1"
    )

    static let heldBack = Statement(
        "find held requests",
        "select id from dsr.subject_requests where state = 'waiting' and waiting_for in ('legal_hold', 'hold_uncertain')"
    )

    static let list = Statement(
        "list holds",
        """
        select h.id, h.ground, h.source_of_law, h.placed_by, h.placed_at, h.review_on, h.expires_on, h.released_at,
               coalesce(h.expires_on < current_date, false) as is_expired,
               h.review_on <= current_date as is_due,
               (select count(*) from dsr.subject_requests r
                where r.subject_digest = h.subject_digest and r.kind = 'erasure'
                  and r.state in ('pending', 'waiting')) as held_back
        from dsr.legal_holds h
        where h.id > $1 and ($2::bool or (h.released_at is null and coalesce(h.expires_on >= current_date, true)))
        order by h.id
        limit $3
        """
    )
}
