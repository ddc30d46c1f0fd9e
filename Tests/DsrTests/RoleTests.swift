import Foundation
import TestEnvironment
import Testing

@Suite("Database roles")
struct RoleTests {
    @Test("each of the three database roles can do its work, and no more")
    func roles() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            let suffix = UUID().uuidString.prefix(8).lowercased()
            let (worker, intake, auditor) = ("worker_\(suffix)", "intake_\(suffix)", "auditor_\(suffix)")
            try await env.script(
                "create role \(worker) login; create role \(intake) login; create role \(auditor) login"
            )
            try await env.dsr("grants", "--worker", worker, "--intake", intake, "--auditor", auditor, "--apply")
                .expect(0)
            #expect(
                try await env.dsr("grants").expect(0).out.contains("grant execute on function dsr.append_evidence")
            )
            func `as`(_ role: String) -> [String: String] {
                ["DSR_DATABASE_URL": env.database.replacingOccurrences(of: "user=postgres", with: "user=\(role)")]
            }

            try await env.makeCustomer("anna")
            try await env.dsr("submit", "erasure", "anna", setting: `as`(intake)).expect(0)
            try await env.dsr("requests", "list", setting: `as`(intake)).expect(78)
            try await env.dsr("run", setting: `as`(worker)).expect(0)
            #expect(try await env.ending(of: 1) == "completed erased")
            // The worker's role serves the commands that decide about requests.
            try await env.dsr("submit", "access", "bob", setting: `as`(worker)).expect(0)
            for words in [
                ["requests", "suspend", "2", "--for", "clarification"], ["requests", "show", "2"],
                ["requests", "resume", "2", "--for", "clarification"], ["requests", "cancel", "2"],
                [
                    "requests", "hold", "--subject", "cleo", "--ground", "b", "--law", "x", "--review-on", "2099-01-01",
                    "--unknown-ok",
                ],
                ["requests", "release", "1"], ["requests", "holds"], ["incidents", "list"],
            ] {
                let decides = !["show", "holds", "list"].contains(words[1])
                try await env.dsr(words + (decides ? ["--ticket", "T-1"] : []), setting: `as`(worker)).expect(0)
            }
            try await env.dsr("evidence", "verify", setting: `as`(auditor)).expect(0)
            try await env.dsr("evidence", "receipt", "1", "--output", "-", setting: `as`(auditor)).expect(0)
            for (role, statement) in [
                (worker, "delete from dsr.evidence_leaves"), (worker, "update dsr.evidence_payloads set payload = ''"),
                (worker, "insert into dsr.evidence_leaves (index, leaf_hash) values (999, sha256(''))"),
                (worker, "select dsr.prune_evidence(9, 'x', 'y')"), (intake, "select kind from dsr.subject_requests"),
                (intake, "select dsr.append_evidence('[{\"event\":\"x\"}]', null)"),
                (auditor, "select integration_id from dsr.subject_requests"),
                (auditor, "select content from dsr.reports"), (auditor, "select reason from dsr.decisions"),
                (auditor, "select subject_digest from dsr.legal_holds"), (worker, "delete from dsr.legal_holds"),
                (worker, "delete from dsr.subject_requests"), (intake, "update dsr.subject_requests set ticket = 'x'"),
                (auditor, "delete from dsr.runs"),
            ] {
                let ended = try await env.psql(statement, as: role)
                #expect(
                    ended.code != 0 && ended.err.contains("permission denied"),
                    "\(role): \(statement): \(ended.err)"
                )
            }
        }
    }
}
