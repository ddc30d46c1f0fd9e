import Foundation
import Postgres
import SubjectRequests

/// A hold as it is inserted.
struct NewHold {
    let hold: LegalHold, digest: Data, keyID: Data, placedBy: String
}

/// The statements of legal holds.
enum HoldStatements {
    static let find = Statement(
        "find a hold",
        """
        select id, review_on from dsr.legal_holds
        where subject_digest = $1 and ground = $2 and source_of_law = $3 and expires_on is not distinct from $4::date
          and released_at is null
        for update
        """
    )

    static let hold = ParameterTable<NewHold>(
        from: 1,
        [
            .init("subject_digest", "bytea") { $0.digest },
            .init("subject_key_id", "bytea") { $0.keyID },
            .init("ground", "text") { $0.hold.ground.rawValue },
            .init("source_of_law", "text") { $0.hold.sourceOfLaw },
            .init("placed_by", "text") { $0.placedBy },
            .init("review_on", "date") { $0.hold.reviewOn },
            .init("expires_on", "date") { $0.hold.expiresOn },
        ]
    )

    static let place = Statement(
        "place a hold",
        """
        insert into dsr.legal_holds
            (subject_digest, subject_key_id, ground, source_of_law, placed_by, review_on, expires_on)
        select h.subject_digest, h.subject_key_id, h.ground, h.source_of_law, h.placed_by, h.review_on, h.expires_on
        from \(hold.source("h"))
        returning id
        """
    )

    static let review = Statement(
        "set the review date of a hold",
        "update dsr.legal_holds set review_on = $2 where id = $1 and review_on <> $2"
    )

    static let log = Statement(
        "log a hold",
        """
        select dsr.append_evidence(
            json_build_array(dsr.leaf($3, jsonb_build_object(
                'hold', $4::bigint, 'ground', 'art17_3_' || $5::text, 'review_on', $6::date, 'ticket', $7::text))),
            $1::bigint, $2::json)
        """
    )

    // Requests that were admitted without the key, or under another one, are compared from now on.
    static let requests = Statement(
        "find the requests of a held subject",
        """
        with digested as (
            update dsr.subject_requests set subject_digest = $2, subject_key_id = $3
            where integration_id = $1 and admitted_at is not null and state in ('pending', 'waiting', 'running')
            returning id, kind, state, claim_no
        )
        select d.id, case
            when d.state <> 'running' then 'open'
            when dsr.deletion_was_announced(d.id, d.claim_no) then 'announced' else 'claimed' end as progress
        from digested d
        where d.kind = 'erasure'
        order by d.id
        """
    )

    static let knowing = Statement(
        "count the requests of a subject",
        """
        select count(*) as count from dsr.subject_requests r
        where (r.integration_id = $1 or r.subject_digest = any ($2::bytea[])) and r.outcome is distinct from 'no_data'
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
                where r.id in (
                    select o.id from dsr.subject_requests o where o.subject_digest = h.subject_digest
                    union
                    select d.request_id from dsr.earlier_digests d where d.subject_digest = h.subject_digest)
                  and r.kind = 'erasure' and r.state in ('pending', 'waiting')) as held_back
        from dsr.legal_holds h
        where h.id > $1 and ($2::bool or (h.released_at is null and coalesce(h.expires_on >= current_date, true)))
        order by h.id
        limit $3
        """
    )
}
