import Foundation
import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("The audit of the evidence")
struct AuditTests {
    /// What a superuser can do to the database, and what the audit must find.
    static let attacks: [(name: String, sql: String, finding: String)] = [
        (
            "a payload is changed",
            "update dsr.evidence_payloads set payload = overlay(payload placing 'X' from 20) where index = 5",
            "log entry 5: its content"
        ),
        (
            "a payload and its hash are changed",
            """
            update dsr.evidence_payloads set payload = convert_to(replace(convert_from(payload, 'UTF8'), 'no_data', 'exported'), 'UTF8')
            where convert_from(payload, 'UTF8') like '%no_data%';
            update dsr.evidence_leaves l set leaf_hash = sha256('\\x00'::bytea || p.payload) from dsr.evidence_payloads p where p.index = l.index
            """, "in the database does not match the root of the log entries"
        ),
        (
            "a hash is changed", "update dsr.evidence_leaves set leaf_hash = sha256('x') where index = 3",
            "log entry 3: its content"
        ),
        (
            "an entry is deleted", "delete from dsr.evidence_leaves where index = 4",
            "the recorded size is 21 log entries, but only 4 exist without a gap"
        ),
        (
            "an entry is duplicated",
            """
            alter table dsr.evidence_leaves drop constraint evidence_leaves_pkey;
            insert into dsr.evidence_leaves select * from dsr.evidence_leaves where index = 5
            """, "log entry 5 exists twice"
        ),
        (
            "the last entries are deleted and the recorded size is set back",
            """
            delete from dsr.evidence_leaves where index > 10; delete from dsr.evidence_payloads where index > 10;
            update dsr.evidence_head set size = 11; delete from dsr.evidence_tiles; delete from dsr.evidence_checkpoints
            """, "covers 21 log entries, but the log has only 11 without a gap"
        ),
        (
            "two entries are exchanged, with all their hashes",
            """
            update dsr.evidence_payloads set index = -1 where index = 2; update dsr.evidence_payloads set index = 2 where index = 3;
            update dsr.evidence_payloads set index = 3 where index = -1;
            update dsr.evidence_leaves l set leaf_hash = sha256('\\x00'::bytea || p.payload), request_id = (convert_from(p.payload, 'UTF8')::json ->> 'request')::bigint
            from dsr.evidence_payloads p where p.index = l.index
            """, "log entry 2 contains the index 3"
        ),
        (
            "a tile is changed",
            "update dsr.evidence_tiles set hashes = overlay(hashes placing '\\x00'::bytea from 7) where level = 0",
            "tile/0/"
        ),
        (
            "a tile is added",
            "insert into dsr.evidence_tiles (level, index, width, hashes) values (0, 77, 1, sha256('x'))",
            "1 stored tile belongs to no log entry"
        ),
        (
            "the stored checkpoint is changed",
            "update dsr.evidence_checkpoints set note = replace(note, 'dsr.test', 'dsr.tesu')", "in the database"
        ),
        (
            "a payload is deleted without a log entry", "delete from dsr.evidence_payloads where index = 0",
            "no log entry records that it was dropped"
        ),
        (
            "a row has another outcome",
            "update dsr.subject_requests set outcome = 'erased' where id = 1",
            "the row of request 1 says completed erased"
        ),
        (
            "everything is rewritten, hashes and tiles included, and the stored checkpoints are deleted",
            """
            update dsr.evidence_payloads set payload = convert_to(replace(convert_from(payload, 'UTF8'), '"T-1"', '"T-2"'), 'UTF8');
            update dsr.evidence_leaves l set leaf_hash = sha256('\\x00'::bytea || p.payload) from dsr.evidence_payloads p where p.index = l.index;
            delete from dsr.evidence_tiles; delete from dsr.evidence_checkpoints
            """, "the checkpoint file"
        ),
        (
            "the outcome that lookups read is changed",
            "update dsr.evidence_leaves set outcome = 'erased' where outcome is not null",
            "is stored under another outcome than it contains"
        ),
        (
            "the time that lookups read is changed by a microsecond",
            "update dsr.evidence_leaves set written_at = written_at + interval '1 microsecond' where index = 3",
            "log entry 3 is stored under another time than it contains"
        ),
    ]

    @Test("the audit finds what a database superuser has changed", arguments: attacks.indices)
    func attack(_ number: Int) async throws {
        let attack = Self.attacks[number]
        try await TestEnvironment.withEvidence { env, _ in
            for name in ["a", "b", "c"] {
                try await env.dsr("submit", "access", name, "--ticket", "T-1").expect(0)
            }
            try await env.dsr("run").expect(0)
            try await env.dsr("evidence", "verify").expect(0)

            try await env.tamper(attack.sql)

            let verified = try await env.dsr("evidence", "verify").expect(1)
            #expect(verified.out.contains(attack.finding), "\(attack.name): \(verified.out)")
            let json = try await env.dsr("evidence", "verify", "--json").expect(1).out
            let findings = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
            #expect(findings?["problem_count"] as? Int != 0)
        }
    }

    @Test("an audit during a run finds nothing wrong")
    func auditDuringRun() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            try await env.submit(.access, customers: 1...600)
            // The last call keeps the run at work until the last audit is done.
            await env.sandbox.install(SandboxFault(.hang, match: SandboxMatch(identifier: "customer-600")))
            let settings = ["DSR_EVIDENCE_RESULTS_PER_CHECKPOINT": "20"]
            try await env.running(setting: settings) { _ in
                for call in stride(from: 50, through: 550, by: 100) {
                    try await env.received(SandboxMatch(), from: call)
                    try await env.dsr("evidence", "verify").expect(0)
                }
                await env.sandbox.clearFaults()
            }.expect(0)
            try await env.dsr("evidence", "verify").expect(0)
        }
    }
}
