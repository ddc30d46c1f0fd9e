import Postgres

/// The statements that carry out decisions.
enum DecisionStatements {
    static let lock = Statement(
        "read the status of a request",
        "select * from dsr.lock_for_decision($1, $2::text, $3)"
    )

    static let suspensions = Statement(
        "read a request's suspensions",
        "select cause, asked_on, answered_on from dsr.suspensions where request_id = $1 order by asked_on, id"
    )

    static let approve = Statement("approve an erasure", "select * from dsr.approve($1, $2::text, $3::text, $4::json)")

    static let approveReplays = Statement(
        "approve repeated erasures",
        "select dsr.approve_replays($1, $2::text, $3::text, $4::json) as approved"
    )

    static let decide = Statement(
        "make a decision",
        """
        select * from dsr.decide(
            $1, $2, $3::jsonb, $4::text, $5::date, $6::date, $7::json, $8::text, $9::text, $10::json)
        """
    )
}
