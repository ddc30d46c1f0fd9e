import Postgres

/// The statements of legal holds.
enum HoldStatements {
    static let place = Statement(
        "place a hold",
        "select * from dsr.place_hold($1, $2, $3, $4, $5, $6, $7::date, $8::text, $9::text, $10::json)"
    )

    static let release = Statement(
        "release a hold",
        "select * from dsr.release_hold($1, $2::text, $3::text, $4::json)"
    )

    static let knowing = Statement(
        "count the requests of a subject",
        """
        select count(*) as count from dsr.subject_requests r
        where (r.integration_id = $1 or r.subject_digest = any ($2::bytea[])) and r.outcome is distinct from 'no_data'
        """
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
