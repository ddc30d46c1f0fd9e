import Postgres

/// The statements that carry out decisions.
enum DecisionStatements {
    static let status = Statement(
        "read the status of a request",
        """
        select r.id, r.kind, r.state, r.run_id, r.requested_by, dsr.today(r.time_zone) as today,
               (r.received_at at time zone coalesce(r.time_zone, 'UTC'))::date as received_on, r.received_at, r.time_zone,
               r.notice_by, r.identity_checked_at is not null as is_identity_checked,
               dsr.is_requester(r, $3) as requester_is_actor,
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
        "require an identity check",
        "update dsr.subject_requests set needs_identity = true where id = $1 and $2::bool and not needs_identity"
    )

    static let approve = Statement(
        "store an approval",
        // The trigger adds the content that the approval applies to.
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

    // An approval was of the request before it was refused, so it does not outlast the refusal.
    static let reopen = Statement(
        "reopen a refused request",
        """
        update dsr.subject_requests set
            state = 'pending', finished_at = null, outcome = null, reason = null, refusal_ground = null, not_before = null,
            approved_by = null, approved_at = null, approved_content = null
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

    // Its failures are forgotten, since an operator has looked at it.
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

    static let log = Statement(
        "log a decision",
        """
        select dsr.append_evidence(json_build_array(dsr.leaf($4, r, $5::jsonb)), $1::bigint, $2::json)
        from dsr.subject_requests r
        where r.id = $3
        """
    )

    static let state = Statement(
        "read a request's state",
        "select state, waiting_for from dsr.subject_requests where id = $1"
    )
}
