import Foundation
import SubjectRequests
import TestEnvironment
import Testing

@Suite("Database roles")
struct RoleTests {
    @Test("each of the five database roles can do its work")
    func work() async throws {
        try await TestEnvironment.withEvidence(environment: ["DSR_GATES_APPROVAL": "true"]) { env, _ in
            let roles = TestRoles()
            try await roles.create(in: env)
            func `as`(_ role: String) -> [String: String?] { env.connecting(as: roles.name(role)) }

            try await env.makeCustomer("anna")
            try await env.dsr("submit", "erasure", "anna", "--requested-by", "Zoe", setting: `as`("intake")).expect(0)
            try await env.dsr("requests", "list", setting: `as`("intake")).expect(78)
            try await env.dsr("run", setting: `as`("worker")).expect(0)
            #expect(try await env.ending(of: 1) == "waiting -")
            let approve = ["requests", "approve", "1", "--subject", "anna", "--ticket", "T-1"]
            // The same person, by the name of the operating system, over another role.
            #expect(
                try await env.dsr(approve, setting: `as`("approver")).expect(64).err
                    .contains("the requester cannot approve their own erasure")
            )
            try await env.tamper("update dsr.subject_requests set submitted_by = 'carol'")
            for role in ["worker", "operator", "intake", "auditor"] {
                try await env.dsr(approve, setting: `as`(role)).expect(78)
            }
            try await env.dsr(approve, setting: `as`("approver")).expect(0)
            try await env.dsr("run", setting: `as`("worker")).expect(0)
            #expect(try await env.ending(of: 1) == "completed erased")

            try await env.dsr("submit", "access", "bob", setting: `as`("operator")).expect(0)
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
                let whole = words + (decides ? ["--ticket", "T-1"] : [])
                if decides { try await env.dsr(whole, setting: `as`("worker")).expect(78) }
                try await env.dsr(whole, setting: `as`("operator")).expect(0)
            }
            try await env.dsr("export", "dora", "--output", "-", setting: `as`("operator")).expect(0)
            try await env.dsr("evidence", "verify", setting: `as`("auditor")).expect(0)
            try await env.dsr("evidence", "receipt", "1", "--output", "-", setting: `as`("auditor")).expect(0)
        }
    }

    @Test("no role changes a row, calls a function of the log, or reads what is not its own")
    func refused() async throws {
        try await TestEnvironment.with { env in
            let roles = TestRoles()
            try await roles.create(in: env)
            try await env.submit(.access, "anna")
            let everybody = [
                "delete from dsr.evidence_leaves", "update dsr.evidence_payloads set payload = ''",
                "insert into dsr.evidence_leaves (index, leaf_hash) values (999, sha256(''))",
                "insert into dsr.evidence_checkpoints (size, note) values (999999, 'x')",
                "select dsr.append_evidence('[{\"event\":\"x\"}]', null)", "select dsr.prune_evidence(9, 'x', 'y')",
                "select dsr.remove_unsigned(1, 'T', '{}')", "select dsr.take_lock('gates')",
                "select dsr.set_policy('{\"approves_erasures\": false}', 'T-1', '{}')",
                "select dsr.repin('live', 'h', 'x', 'T', '{}')", "select dsr.forget_requests('{1}')",
                "select dsr.remember(1, null, 'approved', 'x', 'T', '{}')",
                "update dsr.policy set approves_erasures = false",
                "update dsr.subject_requests set approved_by = 'Dr. DPO'",
                "update dsr.subject_requests set subject_digest = sha256('x')",
                "update dsr.subject_requests set state = 'completed'", "delete from dsr.subject_requests",
                "update dsr.legal_holds set released_at = now(), released_by = 'dpo'", "delete from dsr.legal_holds",
                "insert into dsr.decisions (request_id, decision, ticket, actor) values (1, 'approved', 'T', 'x')",
                "update dsr.runs set lease_until = 'infinity'", "delete from dsr.runs",
                "update dsr.reports set content = ''", "update dsr.deployment set environment = 'live'",
                "begin; lock table dsr.subject_requests in share mode", "select from dsr.locks for update",
                "select from dsr.evidence_head for update", "create table dsr.x ()", "create table public.x ()",
                "create function public.json_build_object(text) returns json language sql as 'select null::json'",
                "insert into dsr.subject_requests (kind, integration_id, replay_of, replay_since) "
                    + "values ('erasure', 'v', 1, now())",
                "insert into dsr.subject_requests (kind, integration_id, state) values ('access', 'v', 'completed')",
            ]
            let own = [
                "intake": [
                    "select kind from dsr.subject_requests", "select * from dsr.runs",
                    "select dsr.claim(1, null, 1, 'epoch', 0, false, false, false, '{}')",
                ],
                "auditor": [
                    "select integration_id from dsr.subject_requests", "select content from dsr.reports",
                    "select reason from dsr.decisions", "select subject_digest from dsr.legal_holds",
                    "select source_of_law from dsr.legal_holds", "select requested_by from dsr.subject_requests",
                    "select channel from dsr.subject_requests", "select * from dsr.request_salts",
                    "insert into dsr.subject_requests (kind, integration_id) values ('access', 'v')",
                ],
                "approver": [
                    "select content from dsr.reports",
                    "insert into dsr.subject_requests (kind, integration_id) values ('access', 'v')",
                    "select dsr.release_hold(1, 'x', 'T', '{}')",
                ],
                "worker": [
                    "insert into dsr.subject_requests (kind, integration_id) values ('access', 'v')",
                    "select dsr.approve(1, 'x', 'T', '{}')", "select dsr.release_hold(1, 'x', 'T', '{}')",
                    "select dsr.queue_replays('{}', '{}', now(), 'T', 'x', 'x')",
                ],
                "operator": ["select dsr.approve(1, 'x', 'T', '{}')"],
            ]
            for role in TestRoles.all {
                for statement in everybody + (own[role] ?? []) {
                    let ended = try await env.psql(statement, as: roles.name(role))
                    #expect(
                        ended.code != 0 && ended.err.contains("permission denied"),
                        "\(role): \(statement): \(ended.err)"
                    )
                }
            }
        }
    }

    @Test("docs/security.md has a row for each role, and what it says of them is what the grants say")
    func documentation() async throws {
        let page = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/security.md"),
            encoding: .utf8
        )
        let table = try #require(page.firstMatch(of: /(?s)<!-- roles -->(.*?)<!-- \/roles -->/)).1
        let rows = table.split(separator: "\n").dropFirst(2).map {
            $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        #expect(rows.map { $0[0] } == TestRoles.all)
        try await TestEnvironment.with { env in
            let roles = TestRoles()
            try await roles.create(in: env)
            /// Whether a role has a right, by a condition on its name.
            func may(_ role: String, _ condition: String) async throws -> Bool {
                try await env.count("select (\(condition.replacing("ROLE", with: roles.name(role))))::int") == 1
            }
            for (role, row) in zip(TestRoles.all, rows) {
                let claims: [(said: Bool, condition: String)] = [
                    (
                        row[1].hasPrefix("everything"),
                        "has_column_privilege('ROLE', 'dsr.subject_requests', 'integration_id', 'select')"
                    ),
                    (row[1] == "everything", "has_column_privilege('ROLE', 'dsr.reports', 'content', 'select')"),
                    (
                        row[1].contains("everything") || row[1].contains("evidence"),
                        "has_table_privilege('ROLE', 'dsr.evidence_payloads', 'select')"
                    ),
                    (
                        row[2].contains("adds requests"),
                        "has_column_privilege('ROLE', 'dsr.subject_requests', 'kind', 'insert')"
                    ),
                    (
                        row[2].contains("approves erasures"),
                        "has_function_privilege('ROLE', 'dsr.approve(bigint, text, text, json)', 'execute')"
                    ),
                    (
                        row[2].contains("claim") || row[2].contains("worker"),
                        "has_function_privilege('ROLE', 'dsr.rescue(bigint, integer)', 'execute')"
                    ),
                    (
                        row[2].contains("holds"),
                        "has_function_privilege('ROLE', 'dsr.release_hold(bigint, text, text, json)', 'execute')"
                    ),
                ]
                for claim in claims {
                    #expect(try await may(role, claim.condition) == claim.said, "\(role): \(claim.condition)")
                }
                // And nobody changes a row.
                for table in [
                    "subject_requests", "runs", "reports", "legal_holds", "decisions", "policy", "evidence_leaves",
                ] {
                    for right in ["update", "delete", "truncate"] {
                        #expect(try await !may(role, "has_table_privilege('ROLE', 'dsr.\(table)', '\(right)')"))
                    }
                }
            }
        }
    }

    @Test("every function of the schema pins its search_path, and none can be called without a grant")
    func functions() async throws {
        try await TestEnvironment.with { env in
            let loose = try await env.texts(
                """
                select p.oid::regprocedure::text as t from pg_proc p
                where p.pronamespace = 'dsr'::regnamespace
                  and (not coalesce('search_path=pg_catalog, pg_temp' = any (p.proconfig), false)
                       or p.oid::regprocedure::text <> 'dsr.is_closed(text)'
                          and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                                      where a.grantee = 0))
                """
            )
            #expect(loose == [])
        }
    }
}
