import Foundation
import SubjectRequests
import TestEnvironment
import Testing

/// What a superuser changes with all triggers off, and the audit finds by comparing the tables with the log.
@Suite("Tampering with tables is found")
struct TamperingTests {
    /// A change, and a part of the finding.
    private static let changes = [
        (
            "update dsr.subject_requests set subject_digest = sha256('x') where id = 1",
            "request 1: its row has another digest"
        ),
        ("update dsr.subject_requests set subject_commitment = sha256('x') where id = 1", "another commitment than"),
        ("update dsr.subject_requests set kind = 'access' where id = 2", "request 2: its row asks for access"),
        (
            "update dsr.subject_requests set answer_by = answer_by + 1 where id = 1",
            "request 1: its row must be answered by"
        ),
        (
            "delete from dsr.request_salts; delete from dsr.subject_requests where id = 3",
            "request 3 does not exist, but"
        ),
        (
            "update dsr.subject_requests set approved_by = null, approved_at = null, approved_content = null where id = 2",
            "approves it, but its row is not approved"
        ),
        (
            "update dsr.subject_requests set approved_by = 'x', approved_at = now(), approved_content = '' where id = 1",
            "request 1: its row is approved, but no log entry says so"
        ),
        (
            """
            update dsr.subject_requests set identity_method = 'in_person', identity_checked_by = 'x', identity_checked_at = now()
            where id = 1
            """, "differ on whether the identity was verified"
        ),
        ("delete from dsr.decisions", "request 2: log entries that say approved: 1, decisions: 0"),
        (
            "update dsr.legal_holds set released_at = now(), released_by = 'dpo'",
            "hold 1: it is released, but no log entry"
        ),
        ("update dsr.legal_holds set subject_digest = sha256('x')", "hold 1: it has another digest or ground"),
        ("update dsr.legal_holds set review_on = '2001-01-01'", "hold 1: it must be reviewed on 2001-01-01"),
        ("delete from dsr.decisions; delete from dsr.legal_holds", "says that it was placed, but it does not exist"),
        (
            """
            update dsr.reports set content = 'forged', sha256 = sha256('forged'), byte_count = 6 where request_id = 1
            """, "is not one that a log entry names with its digest"
        ),
        ("delete from dsr.reports where request_id = 1", "request 1: log entry"),
        ("update dsr.reports set delivered_at = null where request_id = 1", "differ on whether the document"),
        ("update dsr.reports set sha256 = sha256('x'), content = null where request_id is null", "run 1: the document"),
        ("update dsr.runs set end_reason = 'x' where id = 1", "run 1: log entry"),
        (
            """
            insert into dsr.subject_requests (kind, integration_id, state, outcome, finished_at, admitted_at, run_id)
            values ('erasure', null, 'completed', 'erased', now(), now(), 1)
            """, "its row says erased, but no log entry announces a deletion"
        ),
        (
            "update dsr.evidence_leaves set action = null where action = 'delete_customer_data'",
            "request 2: its row says erased, but no log entry announces a deletion"
        ),
    ]

    /// A log with an answer, an approved erasure, an open request, and a hold.
    private func withHistory(_ body: @Sendable (TestEnvironment) async throws -> Void) async throws {
        try await TestEnvironment.withEvidence(environment: ["DSR_GATES_APPROVAL": "true"]) { env, _ in
            try await env.makeCustomer("anna")
            try await env.submit((.access, "bob"), (.erasure, "anna"), (.access, "cleo"))
            try await env.dsr("requests", "suspend", "3", "--for", "clarification", "--ticket", "T-1").expect(0)
            try await env.dsr("run").expect(0)
            try await env.dsr(
                ["requests", "approve", "2", "--subject", "anna", "--ticket", "T-1"],
                setting: try await env.connectingAsApprover()
            ).expect(0)
            try await env.dsr(
                "requests",
                "hold",
                "--subject",
                "dora",
                "--ground",
                "b",
                "--law",
                "x",
                "--review-on",
                "2099-01-01",
                "--ticket",
                "T-1",
                "--unknown-ok"
            ).expect(0)
            try await env.dsr("run").expect(0)
            try await env.dsr("evidence", "verify").expect(0)
            try await body(env)
        }
    }

    @Test("each change of a row is a finding", arguments: changes.indices)
    func found(_ number: Int) async throws {
        let (change, finding) = Self.changes[number]
        try await withHistory { env in
            try await env.tamper(change)
            let verified = try await env.dsr("evidence", "verify")
            #expect(verified.code == 1, "\(change)")
            #expect(verified.out.contains(finding), "\(change): \(verified.out)")
        }
    }

    @Test("prove and receipt prove nothing about a request whose rows do not match its entries")
    func nothingProven() async throws {
        try await withHistory { env in
            try await env.dsr("evidence", "receipt", "1", "--output", "-").expect(0)
            try await env.tamper(
                """
                update dsr.subject_requests a set subject_digest = b.subject_digest, subject_commitment = b.subject_commitment
                from dsr.subject_requests b where a.id = 1 and b.id = 2
                """
            )
            let receipt = try await env.dsr("evidence", "receipt", "1", "--output", "-").expect(1)
            #expect(receipt.err.contains("nothing is proven"), "\(receipt.err)")
            let proof = try await env.dsr("evidence", "prove", "--subject", "anna").expect(0).out
            #expect(
                proof.contains("Request 1") && proof.contains("No proof: request 1 and its log entries do not match")
            )
            #expect(proof.contains("Request 2, erasure: erased") && proof.contains("Proven by log entry"))
        }
    }

    @Test("the owner cannot prune by hand, and nobody appends an entry with a member twice or of another's")
    func noSwitch() async throws {
        try await withHistory { env in
            let pruned = try await env.psql(
                "begin; set dsr.pruning = 'on'; delete from dsr.evidence_payloads where index = 0; commit"
            )
            #expect(pruned.err.contains("the evidence log is append-only"), "\(pruned.err)")
            for entry in [
                #"{"event":"approved","time":"1999-01-01","request":1}"#, #"{"event":"x","event":"approved"}"#,
                #"{"event":"x","index":9}"#, #"{"event":"x","actor":"the DPO"}"#, #"{"event":"x","v":9}"#,
                #"{"event":"x","canary":"y"}"#,
            ] {
                let appended = try await env.psql("select dsr.append_evidence('[\(entry)]', null, '{}')")
                #expect(appended.err.contains("a log entry has a member that is"), "\(entry): \(appended.err)")
            }
        }
    }

    @Test(
        "a checkpoint or a tile ahead of time is named, stops nothing for good, and the owner removes it with an entry"
    )
    func aheadOfTime() async throws {
        try await withHistory { env in
            try await env.tamper(
                """
                insert into dsr.evidence_checkpoints (size, note) values (999999, 'garbage');
                insert into dsr.evidence_tiles (level, index, width, hashes) values (0, 77, 1, sha256('x'));
                update dsr.evidence_tiles set hashes = overlay(hashes placing '\\x00'::bytea from 7) where level = 0 and index = 0
                """
            )
            let found = try await env.dsr("evidence", "verify").expect(1).out
            #expect(found.contains("999999") && found.contains("tile"), "\(found)")
            try await env.submit(.access, "eva")
            let run = try await env.dsr("run").expect(1)
            #expect((run.out + run.err).contains("NOT SIGNED") || run.err.contains("sign"), "\(run.out)\(run.err)")

            let removed = try await env.dsr("evidence", "remove-unsigned", "--from", "999999", "--ticket", "T-2")
                .expect(0)
            #expect(removed.out == "Removed: 1 checkpoint.\n")
            try await env.dsr("evidence", "remove-unsigned", "--from", "1", "--ticket", "T-2").expect(64)
            try await env.dsr("run").expect(0)
            let verified = try await env.dsr("evidence", "verify")
            #expect(verified.code == 0, "\(verified.out)")
            #expect(
                try await env.count("select count(*) from dsr.evidence_leaves where event = 'checkpoints_removed'") == 1
            )
        }
    }
}
