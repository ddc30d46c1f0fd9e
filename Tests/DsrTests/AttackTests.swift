import Foundation
import Postgres
import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

/// The roles of a test of its own. Roles belong to the server, and tests share it.
struct TestRoles {
    private let suffix = UUID().uuidString.prefix(8).lowercased()

    static let all = ["worker", "operator", "approver", "intake", "auditor"]

    func name(_ role: String) -> String { "\(role)_\(suffix)" }

    var options: [String] { Self.all.flatMap { ["--\($0)", name($0)] } }

    /// Creates the roles and gives them their rights.
    func create(in env: TestEnvironment) async throws {
        for role in Self.all { try await env.sql("create role \(name(role)) login") }
        try await env.dsr(["grants", "--apply"] + options).expect(0)
    }
}

/// Attacks with the rights that real people have: a web form's login, an operator, an auditor, the owner.
@Suite("Attacks")
struct AttackTests {
    // MARK: - Names and paths

    @Test("a row in the database cannot name a file outside the report directory, or have other bytes than its digest")
    func paths() async throws {
        try await TestEnvironment.with { env in
            try await env.submit(.access, "nobody")
            try await env.dsr("run").expect(0)
            for name in ["../log.key", "/tmp/x", "a/b", "..", "x", "000000-run-1.json/../../x", "000000-run-1..json"] {
                let ended = try await env.psql(
                    """
                    insert into dsr.reports (run_id, file_name, media_type, sha256, byte_count, content)
                    values (1, '\(name)', 'x', sha256('x'), 1, 'x')
                    """
                )
                #expect(ended.err.contains("reports_file_name_check"), "\(name): \(ended.err)")
            }
            let forged = try await env.psql("update dsr.reports set content = 'forged' where request_id = 1")
            #expect(forged.err.contains("content_is_what_was_recorded"), "\(forged.err)")
        }
    }

    // MARK: - search_path

    @Test("where everybody may create objects in public, nobody's function is called instead of one of Postgres")
    func searchPath() async throws {
        try await TestEnvironment.with { env in
            let roles = TestRoles()
            try await roles.create(in: env)
            try await env.submit(.access, "nobody")
            // The default before Postgres 15, which pg_upgrade keeps.
            try await env.sql("grant create on schema public to public")
            for name in ["format(text)", "json_build_object(text)", "concat(text)", "sha256(bytea)", "now()"] {
                let made = try await env.psql(
                    """
                    create function public.\(name) returns text language plpgsql as 'begin raise exception ''stolen''; end'
                    """,
                    as: roles.name("intake")
                )
                #expect(made.code == 0, "\(made.err)")
            }
            let path = ["PGOPTIONS": "-c search_path=public,pg_catalog"].merging(
                env.connecting(as: roles.name("worker"))
            ) { $1 }
            try await env.dsr("run", setting: path).expect(0)
            let migrated = try await env.dsr("migrate").expect(0)
            #expect(
                migrated.err.contains("Warning: everybody who can connect may create objects in the schema public"),
                "\(migrated.err)"
            )
            // The grants close it.
            try await env.dsr(["grants", "--apply"] + roles.options).expect(0)
            let again = try await env.psql(
                "create function public.x() returns int language sql as 'select 1'",
                as: roles.name("intake")
            )
            #expect(again.err.contains("permission denied"))
            #expect(try await !env.dsr("migrate").expect(0).err.contains("Warning: everybody"))
        }
    }

    // MARK: - Size and form at the door

    @Test(
        "what intake may write is limited in size and form",
        arguments: [
            ("channel", "repeat('x', 201)", "channel is longer than 200 characters"),
            ("channel", "repeat('x', 20000000)", "channel is longer than 200 characters"),
            ("channel", "E'a\\nb'", "channel contains U+000A"),
            ("channel", "E'\\x1b[2J'", "channel contains U+001B"),
            ("requested_by", "E'a\\u202eb'", "requested_by contains U+202E"),
            ("requested_by", "repeat('ä', 201)", "requested_by is longer than 200 characters"),
            ("submitted_by", "E'a\\u200bb'", "submitted_by contains U+200B"),
            ("ticket", "repeat('x', 101)", "ticket is not a reference"),
            ("ticket", "'ANNA'", "ticket contains the integration_id"),
            ("ticket", "'T-an.na'", "ticket contains the integration_id"),
            ("received_at", "'infinity'", "received_at is in the future"),
            ("received_at", "'-infinity'", "received_at is before 1970"),
            ("changes", "'{}'", "only a rectification has changes"),
        ]
    )
    func door(column: String, value: String, sentence: String) async throws {
        try await TestEnvironment.with { env in
            let roles = TestRoles()
            try await roles.create(in: env)
            let ended = try await env.psql(
                "insert into dsr.subject_requests (kind, integration_id, \(column)) values ('access', 'anna', \(value))",
                as: roles.name("intake")
            )
            #expect(ended.code != 0 && ended.err.contains(sentence), "\(ended.err)")
        }
    }

    @Test("changes are limited to 64 KiB and 200 attributes, whatever they hold")
    func changes() async throws {
        try await TestEnvironment.with { env in
            for (changes, sentence) in [
                ("json_build_object('Name', repeat('x', 65536))", "changes has more than 65,536 bytes"),
                ("json_build_object('Name', repeat(E'\\x01', 100000000))", "changes has more than 65,536 bytes"),
                (
                    "(select json_object_agg('a' || n, n) from generate_series(1, 201) n)",
                    "changes has more than 200 attributes"
                ),
                ("'[1]'", "a rectification needs changes"), ("'{}'", "a rectification needs changes"),
            ] {
                let ended = try await env.psql(
                    "insert into dsr.subject_requests (kind, integration_id, changes) values ('rectification', 'a', \(changes))"
                )
                #expect(ended.code != 0 && ended.err.contains(sentence), "\(ended.err)")
            }
        }
    }

    @Test("a row that got past the rules of the table is set aside alone, with a sentence")
    func unreadable() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            try await env.tamper(
                """
                insert into dsr.subject_requests (kind, integration_id, channel)
                values ('access', 'a', repeat('x', 50000000)), ('access', repeat('y', 20000000), null);
                insert into dsr.subject_requests (kind, integration_id, changes)
                values ('rectification', 'b', json_build_object('Name', repeat('z', 50000000)))
                """
            )
            try await env.submit(.access, "anna")
            let run = try await env.dsr("run").expect(1)
            #expect(run.err.contains("3 requests need action"), "\(run.err)")
            #expect(try await env.ending(of: 4) == "completed exported")
            #expect(try await env.requests("state = 'refused'") == 3)
            #expect(
                try await env.dsr("requests", "show", "1").expect(0).out
                    .contains("the row has values that are larger than any that can be inserted")
            )
            try await env.dsr("requests", "list").expect(0)
        }
    }

    @Test("the memory of a run does not depend on what its rows hold")
    func memoryOfHostileRows() async throws {
        try await TestEnvironment.with { env in
            try await env.tamper(
                """
                insert into dsr.subject_requests (kind, integration_id, channel, requested_by)
                select 'access', 'customer-' || n, repeat('x', 40000000), repeat('y', 40000000)
                from generate_series(1, 12) n
                """
            )
            // The rows hold 960 MB. A run without them needs a third of this limit.
            let limited = "ulimit -d 400000; $DSR "
            try await env.shell(limited + "run").expect(1)
            #expect(try await env.requests("state = 'refused'") == 12)
            try await env.shell(limited + "requests list").expect(0)
            try await env.shell(limited + "requests show 7").expect(0)
            try await env.shell(limited + "requests show 7 --json").expect(0)
        }
    }

    // MARK: - Locks

    @Test("advisory locks, which need no right, hold nothing up")
    func advisoryLocks() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            try await env.makeCustomer("anna")
            try await env.submit(.erasure, "anna")
            let stranger = try await env.connection()
            for key in ["6583154, 1", "6583154, 2", "6583154, 3", "6583154, 4"] {
                try await stranger.run(script: "select pg_advisory_lock(\(key))", named: "lock")
            }
            try await env.dsr("run").expect(0)
            try await env.dsr("requests", "list").expect(0)
            try await env.dsr("migrate").expect(0)
            #expect(try await env.ending(of: 1) == "completed erased")
            await stranger.close()
        }
    }

    @Test("a wait for a lock ends, and says who holds it")
    func heldLock() async throws {
        let settings = [
            "DSR_DATABASE_STATEMENT_TIMEOUT_SECONDS": "2", "DSR_DATABASE_PATIENCE_SECONDS": "2",
            "DSR_LEASE_SECONDS": "5",
        ]
        try await TestEnvironment.with(environment: settings) { env in
            try await env.makeCustomer("anna")
            try await env.submit(.erasure, "anna")
            let owner = try await env.connection()
            try await owner.run(script: "begin; select from dsr.locks for update", named: "lock")
            let run = try await env.dsr("run")
            #expect(run.code == 69, "\(run.err)")
            #expect(
                run.err.contains("the lock is held by process ") && run.err.contains("of role postgres"),
                "\(run.err)"
            )
            #expect(await env.sandbox.hasProfile("anna"))
            // The run ended with the first announcement that failed, although the retry waits are 0.
            #expect(try await env.texts("select failures::text as t from dsr.subject_requests") == ["1"])
            await owner.close()
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed erased")
        }
    }

    @Test("a lookup that only some requests need, and that never ends, ends the run after the first of them")
    func hangingLookup() async throws {
        let settings = [
            "DSR_DATABASE_STATEMENT_TIMEOUT_SECONDS": "2", "DSR_DATABASE_PATIENCE_SECONDS": "2", "DSR_CONCURRENCY": "1",
        ]
        try await TestEnvironment.with(environment: settings) { env in
            let before = await env.sandbox.backup()
            try await env.makeCustomers(3)
            try await env.submit(.access, customers: 1...3)
            try await env.dsr("run").expect(0)
            await env.sandbox.restore(before)
            try await env.submit(.access, customers: 1...3)
            let match = SandboxMatch(operation: "getCustomerInventory", identifier: "customer-1")
            await env.sandbox.install(SandboxFault(.hang, match: match))
            let run = try await env.running(["run"]) { _ in
                try await env.received(match, number: 2)
                // Looking for an earlier answer to an unknown customer reads the column; claiming and recording do not.
                try await env.script(
                    """
                    begin; alter table dsr.deployment rename to deployment_table;
                    alter table dsr.deployment_table rename column pinned_at to pinned;
                    create view dsr.deployment as
                        select *, (select now() from pg_sleep(30)) as pinned_at from dsr.deployment_table; commit
                    """
                )
                await env.sandbox.clearFaults()
            }
            try run.expect(69)
            let reasons = try await env.texts("select reason as t from dsr.subject_requests where id > 3 order by id")
            #expect(reasons.count { $0.contains("The database could not be asked") } == 1, "\(reasons)")
        }
    }

    // MARK: - Rows say what they said

    @Test(
        "by SQL, and with the triggers that the owner leaves on, no request becomes another one",
        arguments: [
            ("integration_id = null", "the content of a request cannot change"),
            ("changes = null", "the content of a request cannot change"),
            ("changes = '{\"Name\":\"evil\"}'", "the content of a request cannot change"),
            ("kind = 'access'", "the content of a request cannot change"),
            ("received_at = '1971-01-01'", "the content of a request cannot change"),
            ("ticket = 'T-9'", "the content of a request cannot change"),
            ("replay_of = 1, replay_since = now()", "the content of a request cannot change"),
            ("subject_digest = sha256('x')", "the digest of a request cannot change under the same key"),
            (
                "subject_digest = null, subject_key_id = null",
                "the digest of a request cannot change under the same key"
            ),
            ("subject_commitment = sha256('x')", "what the admission of a request has set cannot change"),
            ("notice_by = notice_by + 1", "what the admission of a request has set cannot change"),
            ("admitted_at = now()", "what the admission of a request has set cannot change"),
            ("answer_by = '2099-01-01', latest_lawful = '2099-01-01'", "later than Art. 12(3) GDPR allows"),
            ("answer_by = null", "what the admission of a request has set cannot change"),
            ("time_zone = 'Nowhere5'", "what the admission of a request has set cannot change"),
            ("not_before = 'infinity'", "instants_are_finite"),
            ("needs_approval = false", "the gates of a request cannot be removed"),
            (
                "state = 'completed', outcome = 'erased', finished_at = now(), waiting_for = null",
                "completed by the run"
            ),
        ]
    )
    func rows(change: String, sentence: String) async throws {
        try await TestEnvironment.withEvidence(environment: ["DSR_GATES_APPROVAL": "true"]) { env, _ in
            try await env.submit(.rectification, "anna")
            try await env.submit(.erasure, "anna")
            try await env.dsr("requests", "suspend", "1", "--for", "clarification", "--ticket", "T-1").expect(0)
            try await env.dsr("run").expect(0)
            let request = change.hasPrefix("changes") ? 1 : 2
            let ended = try await env.psql("update dsr.subject_requests set \(change) where id = \(request)")
            #expect(ended.code != 0 && ended.err.contains(sentence), "\(ended.err)")
        }
    }

    @Test("an identifier that is not the one that was admitted is neither erased nor exported")
    func anotherIdentifier() async throws {
        try await TestEnvironment.with { env in
            for name in ["anna", "bob"] { try await env.makeCustomer(name) }
            try await env.submit(.erasure, "anna")
            try await env.dsr("requests", "suspend", "1", "--for", "clarification", "--ticket", "T-1").expect(0)
            try await env.tamper(
                """
                delete from dsr.suspensions;
                update dsr.subject_requests set integration_id = 'bob', state = 'pending', waiting_for = null
                """
            )
            let run = try await env.dsr("run")
            #expect(run.code == 1, "\(run.err)")
            for name in ["anna", "bob"] { #expect(await env.sandbox.hasProfile(name)) }
            #expect(try await env.ending(of: 1) == "refused -")
        }
    }

    @Test("an erasure that is no replay cannot pass as one")
    func falseReplay() async throws {
        try await TestEnvironment.withEvidence(environment: ["DSR_GATES_APPROVAL": "true"]) { env, _ in
            for name in ["anna", "bob"] { try await env.makeCustomer(name) }
            let refused = try await env.psql(
                """
                insert into dsr.subject_requests (kind, integration_id, replay_of, replay_since)
                values ('erasure', 'bob', 1, now() - interval '1 day')
                """
            )
            #expect(refused.err.contains("replay_of is not an erasure that was completed"), "\(refused.err)")
            try await env.submit(.erasure, "anna")
            try await env.dsr("run").expect(0)
            try await env.dsr(
                ["requests", "approve", "2", "--subject", "anna", "--ticket", "T-1"],
                setting: try await env.connectingAsApprover()
            ).expect(0)
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 2) == "completed erased")
            // A pair of somebody else's identifier and this erasure.
            try await env.sql(
                """
                insert into dsr.subject_requests (kind, integration_id, replay_of, replay_since, requested_by)
                values ('erasure', 'bob', 2, now() - interval '1 day', 'x')
                """
            )
            try await env.dsr("run")
            #expect(await env.sandbox.hasProfile("bob"))
            #expect(try await env.ending(of: 3) == "refused -")
            // A true one waits for an approval of its own.
            let since = Date(timeIntervalSinceNow: -3_600).formatted(.iso8601)
            try await env.makeCustomer("anna")
            try await env.dsr("replay", "--since", since, "--ids", "-", "--ticket", "T-2", input: "anna\n")
            #expect(try await env.ending(of: 4) == "waiting -")
            let approve = ["requests", "approve-replays", "--since", since, "--ticket", "T-3"]
            try await env.dsr(approve).expect(64)
            let approved = try await env.dsr(approve, setting: try await env.connectingAsApprover()).expect(64)
            #expect(approved.err.contains("the requester cannot approve their own erasure"))
            try await env.tamper("update dsr.subject_requests set requested_by = 'x', submitted_by = 'y' where id = 4")
            let other = try await env.dsr(approve, setting: try await env.connectingAsApprover()).expect(0)
            #expect(other.out == "Approved: 1 repeated erasure.\n")
            let again = try await env.dsr(approve, setting: try await env.connectingAsApprover()).expect(0)
            #expect(again.out == "Approved: 0 repeated erasures.\n")
            let unknown = ["requests", "approve-replays", "--since", "2020-01-01T00:00:00Z", "--ticket", "T-3"]
            #expect(try await env.dsr(unknown).expect(64).err.contains("no replay was made with that --since"))
            try await env.dsr("run")
            // The customer has registered anew since, and is another decision.
            #expect(try await env.ending(of: 4) == "failed registered_anew")
        }
    }

    // MARK: - The policy

    @Test("the policy holds for every run, and a run's configuration loosens nothing")
    func policy() async throws {
        try await TestEnvironment.with { env in
            let roles = TestRoles()
            try await roles.create(in: env)
            try await env.makeCustomer("anna")
            let set = [
                "policy", "set", "--approval", "true", "--identity", "true", "--trusted-channel", "account",
                "--maximum-erasures", "5", "--ticket", "T-1",
            ]
            for role in TestRoles.all {
                let refused = try await env.dsr(set, setting: env.connecting(as: roles.name(role))).expect(78)
                #expect(refused.err.contains("the database role lacks this right"), "\(refused.err)")
            }
            let nothing = try await env.dsr("policy", "set", "--ticket", "T-1").expect(64)
            #expect(nothing.err.contains("nothing to change"), "\(nothing.err)")
            try await env.dsr(set).expect(0)
            try await env.submit(.erasure, "anna", channel: "Account ")
            try await env.submit(.access, "bob", channel: "web")
            let loose = [
                "DSR_GATES_APPROVAL": "false", "DSR_GATES_IDENTITY": "false", "DSR_BRAKE_MAXIMUM_ERASURES": "0",
            ]
            let run = try await env.dsr("run", setting: loose.mapValues(Optional.some)).expect(0)
            #expect(
                run.err.contains("Gates: identity on, trusted channels account; approval of erasures on"),
                "\(run.err)"
            )
            #expect(run.err.contains("Brakes on erasures: maximum 5"))
            #expect(
                try await env.texts("select waiting_for as t from dsr.subject_requests order by id") == [
                    "approval", "identity",
                ]
            )
            #expect(await env.sandbox.hasProfile("anna"))
            let erase = try await env.dsr(
                "erase",
                "anna",
                "--ticket",
                "T-1",
                "--yes",
                setting: loose.mapValues(Optional.some)
            )
            #expect(erase.code == 1 && erase.err.contains("waits for"), "\(erase.err)")
            #expect(await env.sandbox.hasProfile("anna"))
            #expect(try await env.count("select count(*) from dsr.evidence_leaves where event = 'policy_changed'") == 1)
        }
    }

    @Test(
        "one person alone approves nothing",
        arguments: ["null", "'root'", "'ROOT '", "E'r\\u043e\\u043et'", "'approver'"]
    )
    func onePerson(requester: String) async throws {
        try await TestEnvironment.with(environment: ["DSR_GATES_APPROVAL": "true"]) { env in
            let approver = try await env.connectingAsApprover()
            try await env.sql(
                "insert into dsr.subject_requests (kind, integration_id, requested_by) values ('erasure', 'anna', \(requester))"
            )
            try await env.dsr("run").expect(0)
            let ended = try await env.dsr(
                ["requests", "approve", "1", "--subject", "anna", "--ticket", "T-1"],
                setting: approver
            )
            #expect(ended.code == 64, "\(ended.err)")
            #expect(try await env.ending(of: 1) == "waiting -")
        }
    }

    // MARK: - What stays

    @Test("after an erasure nothing that anybody typed about the customer is left, in the database or in files")
    func traces() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            let canary = "Doretta Kanarek"
            try await env.makeCustomer("anna")
            try await env.sql(
                """
                insert into dsr.subject_requests (kind, integration_id, requested_by, submitted_by, channel)
                values ('access', 'anna', $1, $1, $1), ('erasure', 'anna', $1, $1, $1)
                """,
                canary
            )
            try await env.sql("update dsr.subject_requests set needs_identity = true where kind = 'erasure'")
            try await env.dsr("run").expect(0)
            for words in [
                ["verify", "2", "--method", "in_person", "--checked-by", canary, "--reason", canary],
                [
                    "hold", "--subject", "anna", "--ground", "e", "--law", canary, "--review-on", "2099-01-01",
                    "--reason",
                    canary,
                ],
                ["suspend", "2", "--for", "clarification", "--reason", canary],
                ["resume", "2", "--for", "clarification", "--reason", canary],
                ["release", "1", "--reason", canary],
            ] { try await env.dsr(["requests"] + words).expect(0) }
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 2) == "completed erased")
            let tables = try await env.texts(
                "select c.oid::regclass::text as t from pg_class c where relnamespace = 'dsr'::regnamespace and relkind = 'r'"
            )
            for table in tables {
                let found = try await env.count(
                    "select count(*) from \(table) t where t::text ilike '%kanarek%' or t::text ilike '%616e6e61%'"
                )
                #expect(found == 0, "\(table)")
            }
        }
    }
}
