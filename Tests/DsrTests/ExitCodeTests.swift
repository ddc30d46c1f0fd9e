import Foundation
import Store
import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("One clear sentence, and nothing claimed")
struct ExitCodeTests {
    /// A setting that is wrong, the exit code, and what the sentence names.
    @Test(
        "what is missing or wrong is said before anything is claimed",
        arguments: [
            (["DSR_DATABASE_URL": "host=/nonexistent"], 69, "cannot connect to Postgres"),
            (["DSR_DATABASE_URL": "'postgresql://dsr:swordfish@127.0.0.1:1/db'"], 78, "without quotes around it"),
            (["DSR_DATABASE_URL": "postgresql://127.0.0.1:1/db?pgbouncer=true"], 78, "pgbouncer"),
            (["DSR_DATABASE_URL": "host"], 78, "the Postgres connection string is invalid"),
            (["TALON_ONE_BASE_URL": "http://example.com"], 78, "talonOne.allowPlaintext (TALON_ONE_ALLOW_PLAINTEXT)"),
            (
                ["TALON_ONE_BASE_URL": "https://example.com", "TALON_ONE_CA_FILE": "/nonexistent"], 78,
                "TALON_ONE_CA_FILE"
            ),
            (["TALON_ONE_BASE_URL": "https://example.com", "HTTPS_PROXY": "ftp://h"], 78, "HTTPS_PROXY"),
            (["TALON_ONE_BASE_URL": nil], 78, "TALON_ONE_BASE_URL"),
            (["TALON_ONE_API_KEY": nil], 78, "TALON_ONE_API_KEY"),
            (["TALON_ONE_ENVIRONMENT": nil], 78, "TALON_ONE_ENVIRONMENT"),
            (["TALON_ONE_ENVIRONMENT": "production"], 78, "live or sandbox"),
            (["DSR_REPORTS_DIRECTORY": nil], 78, "DSR_REPORTS_DIRECTORY"),
            (["DSR_REPORTS_DIRECTORY": "/nonexistent/reports"], 78, "report directory"),
            (["DSR_CONCURRENCY": "many"], 78, "concurrency"),
            (["DSR_TIME_ZONE": "Mars/Olympus"], 78, "DSR_TIME_ZONE"), (["DSR_TIME_ZONE": "GMT+5"], 78, "DSR_TIME_ZONE"),
            (["DSR_TIME_ZONE": "EST5EDT"], 78, "DSR_TIME_ZONE"), (["DSR_TIME_ZONE": "+02:00"], 78, "DSR_TIME_ZONE"),
            (["DSR_CONFIG": "/nonexistent.yaml"], 78, "does not exist"),
            (["DSR_CONFIG": "/"], 78, "is a directory"),
            (["DSR_GATES_APROVAL": "true"], 78, "did you mean gates.approval (DSR_GATES_APPROVAL)?"),
            (["TALON_ONE_DIALEKT": "v1"], 78, "did you mean talonOne.dialect (TALON_ONE_DIALECT)?"),
            (["TALON_ONE_API_KEY_FILE": "/etc/dsr/key"], 78, "are both set"),
            (["TALON_ONE_APPLICATION_KEY": "fefecafedeadbeef"], 78, "excludes"),
        ] as [([String: String?], Int32, String)]
    )
    func settings(_ changes: [String: String?], _ code: Int32, _ sentence: String) async throws {
        try await TestEnvironment.with { env in
            try await env.sql("insert into dsr.subject_requests (kind, integration_id) values ('erasure', 'anna')")
            let ended = try await env.dsr("run", "--no-wait", setting: changes).expect(code)
            #expect(ended.err.contains(sentence))
            #expect(ended.sentences.count == 1)
            #expect(ended.out.isEmpty)
            #expect(try await env.ending(of: 1) == "pending -")
            #expect(try await env.count("select count(*) from dsr.runs") == 0)
        }
    }

    @Test(
        "an API that cannot be used is said before anything is claimed, and what is new is admitted all the same",
        arguments: [
            (["TALON_ONE_BASE_URL": "http://127.0.0.1:1"], 69, "no connection"),
            (["TALON_ONE_API_KEY": "wrong"], 77, "refused the API key"),
        ] as [([String: String?], Int32, String)]
    )
    func api(_ changes: [String: String?], _ code: Int32, _ sentence: String) async throws {
        try await TestEnvironment.with { env in
            try await env.submit(.erasure, "anna")
            let ended = try await env.dsr("run", "--no-wait", setting: changes).expect(code)
            #expect(ended.err.contains(sentence), "\(ended.err)")
            #expect(ended.out.contains("left for the next run") && ended.out.contains("the sums agree"))
            #expect(try await env.ending(of: 1) == "pending -")
            #expect(try await env.events(of: 1) == ["received", "admitted"])
            #expect(try await env.count("select count(*) from dsr.subject_requests where answer_by is not null") == 1)
            let operators = try await env.dsr("export", "anna", "--output", "-", setting: changes).expect(code)
            #expect(operators.err.contains("request 2 is in the queue and was not processed: "), "\(operators.err)")
        }
    }

    @Test(
        "a time zone has the name of a region and a place, whether or not the system lists it first",
        arguments: [("Asia/Kolkata", "Sunday 2026-11-01"), ("America/New_York", "Saturday 2026-10-31")]
    )
    func timeZones(name: String, day: String) async throws {
        try await TestEnvironment.with(environment: ["DSR_TIME_ZONE": name]) { env in
            try await env.sql(
                "insert into dsr.subject_requests (kind, integration_id, received_at) "
                    + "values ('access', 'anna', '2026-10-31T18:31:00Z')"
            )
            try await env.dsr("run").expect(0)
            let shown = try await env.dsr("requests", "show", "1").expect(0).out
            #expect(shown.contains("Received on \(day) in \(name)"), "\(shown)")
        }
    }

    @Test("an API and a database that are unavailable at the start are waited for")
    func waitsAtStart() async throws {
        try await TestEnvironment.with { env in
            try await env.submit(.access, "anna")
            await env.sandbox.install(SandboxFault(.status(code: 503), match: SandboxMatch(), count: 5))
            let ended = try await env.dsr("run").expect(0)
            #expect(ended.sentences.filter { $0.hasPrefix("Waiting up to ") && $0.contains("HTTP 503") }.count == 1)
            #expect(try await env.ending(of: 1) == "completed no_data")
            await env.sandbox.install(SandboxFault(.status(code: 503), match: SandboxMatch()))
            let settings = ["DSR_CALL_PATIENCE_SECONDS": "1"]
            #expect(try await env.dsr(["run"], setting: settings).expect(69).err.contains("HTTP 503"))
        }
    }

    @Test(
        "what is wrong with the connection has the same exit code in every command",
        arguments: [
            ("postgresql+psycopg://dsr:swordfish@127.0.0.1:1/db", 78), ("SAME dbname=nope", 78),
            ("SAME user=nobody_here", 77), ("host=/nonexistent/swordfish password=swordfish", 69),
        ] as [(String, Int32)]
    )
    func everyCommand(_ url: String, _ code: Int32) async throws {
        try await TestEnvironment.with { env in
            let setting = ["DSR_DATABASE_URL": url.replacing("SAME", with: env.database)]
            for command in [
                ["migrate"], ["requests", "list"], ["requests", "show", "1"], ["reports", "list"],
                ["incidents", "list"], ["run", "--dry-run"], ["submit", "access", "anna"],
            ] {
                let ended = try await env.dsr(command, setting: setting)
                #expect(ended.code == code, "\(command): \(ended.err)")
                #expect(!(ended.err + ended.out).contains("swordfish"))
            }
        }
    }

    @Test("a missing schema and a schema of another version name the way out")
    func schema() async throws {
        try await TestEnvironment.with(migrated: false) { env in
            #expect(try await env.dsr("run").expect(78).err.contains("dsr migrate"))
            try await env.dsr("migrate").expect(0)
            #expect(try await env.dsr("migrate").expect(0).out.contains("up to date"))
            try await env.sql("insert into dsr.schema_migrations (version, name, sha256) values (99, 'future', '')")
            #expect(try await env.dsr("run").expect(78).err.contains("99"))
            try await env.sql("delete from dsr.schema_migrations where version = 99")
            try await env.sql("update dsr.schema_migrations set sha256 = '' where version = 1")
            #expect(try await env.dsr("migrate").expect(78).err.contains("different contents"))
        }
    }

    @Test(
        "a right that the role lacks, and a table that is gone, are named before anything is claimed",
        arguments: [
            ("revoke select on dsr.reports from ROLE", "lacks the right to read dsr.reports; "),
            ("revoke execute on function dsr.rescue(bigint, integer) from ROLE", "call dsr.rescue"),
            ("revoke all on all tables in schema dsr from ROLE", "denied"),
            ("revoke usage on schema dsr from ROLE", "denied"),
            ("drop table dsr.reports", "the schema is incomplete: dsr.reports is missing; "),
            ("drop function dsr.today(text) cascade", "the schema is incomplete: dsr.today(text) is missing; "),
        ]
    )
    func rights(_ change: String, _ sentence: String) async throws {
        try await TestEnvironment.with { env in
            let role = "worker_\(UUID().uuidString.prefix(8).lowercased())"
            try await env.sql("create role \(role) login")
            try await env.script(Grants([.worker: role, .intake: role, .auditor: role]).script)
            try await env.script(change.replacing("ROLE", with: role))
            try await env.sql("insert into dsr.subject_requests (kind, integration_id) values ('erasure', 'anna')")
            let url = env.database.replacingOccurrences(of: "user=postgres", with: "user=\(role)")
            let ended = try await env.dsr("run", setting: ["DSR_DATABASE_URL": url]).expect(78)
            #expect(ended.err.contains(sentence) && ended.sentences.count == 1, "\(ended.err)")
            #expect(try await env.ending(of: 1) == "pending -")
            #expect(try await env.count("select count(*) from dsr.runs") == 0)
        }
    }

    @Test("a key that is refused half-way stops the run, and nothing is burnt")
    func keyRefusedHalfWay() async throws {
        try await TestEnvironment.with(environment: ["DSR_CONCURRENCY": "2"]) { env in
            await env.sandbox.install(
                SandboxFault(.status(code: 401), match: SandboxMatch(operation: "getCustomerInventory"), after: 3)
            )
            try await env.sql(
                "insert into dsr.subject_requests (kind, integration_id) select 'erasure', 'c' || n from generate_series(1, 40) n"
            )
            try await env.dsr("run").expect(77)
            #expect(
                try await env.count("select count(*) from dsr.subject_requests where state in ('failed', 'running')")
                    == 0
            )
            #expect(try await env.count("select sum(failures) from dsr.subject_requests") == 0)
            #expect((await env.sandbox.counts().operations["getCustomerInventory"]?.received ?? 0) < 10)
        }
    }

    @Test("an API that stops answering for longer than the run has patience ends it, and fails no request")
    func outage() async throws {
        let environment = [
            "DSR_CONCURRENCY": "2", "DSR_RETRY_QUICK_TRIES": "1", "DSR_CALL_PATIENCE_SECONDS": "0",
        ]
        try await TestEnvironment.with(environment: environment) { env in
            await env.sandbox.install(
                SandboxFault(.status(code: 502), match: SandboxMatch(operation: "getCustomerInventory"), after: 5)
            )
            try await env.sql(
                "insert into dsr.subject_requests (kind, integration_id) select 'access', 'c' || n from generate_series(1, 100) n"
            )
            try await env.dsr("run").expect(69)
            #expect(try await env.count("select count(*) from dsr.subject_requests where state = 'pending'") > 90)
            #expect(try await env.count("select sum(failures) from dsr.subject_requests") == 0)
            await env.sandbox.clearFaults()
            try await env.sql("update dsr.subject_requests set not_before = null")
            try await env.dsr("run").expect(0)
        }
    }
}
