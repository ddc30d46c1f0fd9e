/// The database roles other than the owner, each with no more rights than its work needs.
///
/// No role may change a row: everything that changes is done by functions of the schema, each of which does one step with
/// its log entry. The exception is the insert of new requests, which is the interface of the queue.
public enum DatabaseRole: String, Sendable, CaseIterable {
    /// Runs dsr each night.
    case worker
    /// Runs dsr by day: exports or erases one customer, decides on requests, places holds, repeats erasures.
    case `operator`
    /// Approves erasures, and nothing else.
    case approver
    /// Inserts requests, and nothing else.
    case intake
    /// Reads evidence and runs, and no personal data.
    case auditor

    /// The name that the role has by default.
    public var defaultName: String { "dsr_\(rawValue)" }
}

/// What a role may do, `dsr.` left out.
struct RoleRights {
    /// Tables that it may read.
    var tables: [String] = []
    /// Tables of which it may read some columns.
    var columns: [(table: String, names: [String])] = []
    /// Columns of a request that it may insert; none where it may insert no request. The database adds its role.
    var inserts: [String] = []
    /// Functions that it may call, with the types of their parameters.
    var functions: [String] = []

    static func + (a: RoleRights, b: RoleRights) -> RoleRights {
        RoleRights(
            tables: a.tables + b.tables,
            columns: a.columns + b.columns,
            inserts: a.inserts + b.inserts,
            functions: a.functions + b.functions
        )
    }
}

extension DatabaseRole {
    var rights: RoleRights {
        switch self {
        case .worker: .reading + .working
        case .operator: .reading + .working + .deciding + .inserting
        case .approver: .reading + .approving
        case .intake: .inserting
        case .auditor: .auditing
        }
    }
}

extension RoleRights {
    /// The queue and what explains it.
    fileprivate static let reading = RoleRights(
        tables: [
            "subject_requests", "request_salts", "earlier_digests", "legal_holds", "suspensions", "decisions",
            "rechecks",
            "incidents", "runs", "deployment", "policy", "schema_migrations", "evidence_head", "evidence_leaves",
            "evidence_payloads", "evidence_tiles", "evidence_checkpoints",
        ],
        functions: [
            "closed_gates(dsr.subject_requests)", "held_back_by(dsr.subject_requests)",
            "closed_by_hold(dsr.subject_requests, date)", "next_hold_key(bytea, date)",
            "content_digest(dsr.subject_requests)", "committed_id(dsr.subject_requests)",
            "readable_changes(dsr.subject_requests)", "today(text)",
            "audit_requests(bigint, integer)", "audit_runs(bigint, integer)", "audit_holds()",
            "audit_lost_requests(integer)",
        ]
    )

    /// What a run does.
    fileprivate static let working = RoleRights(
        tables: ["reports"],
        functions: [
            "begin_run(bigint, text, integer, text, text, text, text)", "renew_lease(bigint, bigint)",
            "return_orphans(bigint)",
            "end_run(bigint, text, json, integer, boolean, integer, integer, dsr.new_document[])", "pin(text, text)",
            "admit(bigint, json, bytea, dsr.verdict[])", "open_gates(bigint, boolean, text[], text[])",
            "tighten(boolean, text[], boolean, integer)", "set_digests(bigint, bigint[], bytea[], bytea, json)",
            "set_earlier_digests(bigint[], bytea[], bytea)",
            "claim(bigint, bigint, integer, date, bigint, boolean, boolean, boolean, text[])",
            "announce(bigint, dsr.intent[])", "record(bigint, dsr.resolution[], dsr.new_document[])",
            "rescue(bigint, integer)", "note_brake(bigint, text, bigint, text)",
            "mark_delivered(bigint, json, bigint[], integer)", "expire_documents(integer)",
            "forget_unknown(bigint, integer)", "record_recheck(bigint, bigint, text, text[])", "drop_rechecks(bigint)",
            "reserve_tree(bigint)", "release_tree()", "add_tiles(integer[], bigint[], integer[], bytea[])",
            "add_checkpoint(bigint, text)", "mark_filed(bigint)",
        ]
    )

    /// What operators decide.
    fileprivate static let deciding = RoleRights(
        functions: [
            "lock_for_decision(bigint, text, text)",
            "decide(bigint, text, jsonb, text, date, date, json, text, text, json)",
            "place_hold(text, bytea, bytea, text, text, date, date, text, text, json)",
            "release_hold(bigint, text, text, json)",
            "queue_replays(bytea[], text[], timestamp with time zone, text, text, text)",
            "close_incident(bigint, boolean, text, text, json)",
        ]
    )

    fileprivate static let approving = RoleRights(
        functions: [
            "lock_for_decision(bigint, text, text)", "approve(bigint, text, text, json)",
            "approve_replays(timestamp with time zone, text, text, json)",
        ]
    )

    /// The columns that an inserter gives, and the number of the new row.
    fileprivate static let inserting = RoleRights(
        tables: ["schema_migrations"],
        columns: [("subject_requests", ["id"])],
        inserts: [
            "kind", "integration_id", "received_at", "ticket", "requested_by", "submitted_by", "channel", "changes",
            "needs_identity",
        ]
    )

    /// Evidence and runs; of requests and holds the columns that do not name the customer, and no free text.
    fileprivate static let auditing = RoleRights(
        tables: [
            "evidence_head", "evidence_leaves", "evidence_payloads", "evidence_tiles", "evidence_checkpoints", "runs",
            "deployment", "policy", "schema_migrations", "suspensions",
        ],
        columns: [
            (
                "subject_requests",
                [
                    "id", "kind", "state", "waiting_for", "received_at", "inserted_at", "admitted_at", "time_zone",
                    "notice_by", "answer_by", "latest_lawful", "deadline", "extension_told_on", "ticket", "inserted_by",
                    "needs_identity", "identity_method", "identity_checked_at", "needs_approval", "approved_at",
                    "approved_with_role", "not_erased_before", "subject_commitment", "claim_no", "failures",
                    "not_before", "run_id", "outcome", "finished_at", "refusal_ground",
                    "refusal_told_on", "replay_of", "replay_since",
                ]
            ),
            (
                "legal_holds",
                ["id", "ground", "placed_at", "review_on", "expires_on", "released_at"]
            ),
            ("decisions", ["id", "request_id", "hold_id", "decision", "ticket", "role", "made_at"]),
            ("incidents", ["id", "kind", "request_id", "opened_at", "closed_at", "erased_by"]),
            (
                "reports",
                [
                    "id", "request_id", "run_id", "file_name", "media_type", "sha256", "byte_count", "created_at",
                    "delivered_at", "expires_at",
                ]
            ),
        ],
        functions: [
            "audit_requests(bigint, integer)", "audit_runs(bigint, integer)", "audit_holds()",
            "audit_lost_requests(integer)",
        ]
    )
}
