import Foundation

/// The rights of the three database roles.
public struct Grants: Sendable {
    let worker: String, intake: String, auditor: String

    /// Grants for roles of these names.
    public init(worker: String, intake: String, auditor: String) {
        self.worker = Self.quoted(worker)
        self.intake = Self.quoted(intake)
        self.auditor = Self.quoted(auditor)
    }

    /// The statements. Leaves are written through `dsr.append_evidence` alone, which runs as the schema's owner, so no
    /// other role gets the right to insert one.
    public var script: String {
        """
        revoke all on schema dsr from public;
        revoke all on all tables in schema dsr from public, \(worker), \(intake), \(auditor);
        revoke all on all functions in schema dsr from public;
        grant usage on schema dsr to \(worker), \(intake), \(auditor);

        -- The worker: the queue and its documents; of the evidence log what is read and what is added.
        \(WorkerRights.grants(to: worker))

        -- Intake: the columns that an inserter gives, and the number of the new row.
        -- The role itself is added by the database.
        grant insert (kind, integration_id, received_at, ticket, requested_by, submitted_by, channel, changes, needs_identity)
            on dsr.subject_requests to \(intake);
        grant select (id) on dsr.subject_requests to \(intake);
        \(WorkerRights.insertFunctions.map { "grant execute on function dsr.\($0) to \(intake);" }.joined(separator: "\n"))
        grant select on dsr.schema_migrations to \(intake);

        -- The auditor: evidence and runs; of requests the columns that do not name the customer.
        grant select on dsr.evidence_head, dsr.evidence_leaves, dsr.evidence_payloads, dsr.evidence_tiles,
            dsr.evidence_checkpoints, dsr.runs, dsr.deployment, dsr.schema_migrations to \(auditor);
        grant select (id, kind, state, waiting_for, received_at, inserted_at, admitted_at, time_zone, notice_by, answer_by,
            latest_lawful, deadline, extension_told_on, ticket, inserted_by, submitted_by, needs_identity, identity_method,
            identity_checked_at, needs_approval, approved_at, approved_with_role, not_erased_before, subject_commitment,
            claim_no, failures, not_before, run_id, outcome, reason, finished_at, refusal_ground, refusal_told_on,
            replay_of, replay_since)
            on dsr.subject_requests to \(auditor);
        grant select on dsr.suspensions to \(auditor);
        grant select (id, ground, source_of_law, placed_at, review_on, expires_on, released_at) on dsr.legal_holds
            to \(auditor);
        -- The audit compares closed requests with their entries.
        grant execute on function dsr.is_closed(text) to \(auditor);
        """
    }

    private static func quoted(_ name: String) -> String {
        "\"" + name.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
}

extension Store {
    /// Applies grants in one transaction.
    public func apply(_ grants: Grants) async throws {
        try await run(script: grants.script, named: "grants")
    }
}
