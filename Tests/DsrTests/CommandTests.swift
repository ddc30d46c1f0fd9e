import Foundation
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("Commands for operators")
struct CommandTests {
    @Test("an export is a new file for its owner only, and nothing that is there is overwritten unasked")
    func exportFile() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            let path = env.folder + "/anna.json"
            try await env.dsr("export", "anna", "--output", path, "--ticket", "T-1").expect(0)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let first = try #require(FileManager.default.contents(atPath: path))

            #expect(try await env.dsr("export", "anna", "--output", path).expect(64).err.contains("--force"))
            #expect(FileManager.default.contents(atPath: path) == first)
            #expect(try await env.count("select count(*) from dsr.subject_requests") == 1)

            try await env.dsr("export", "anna", "--output", path, "--force").expect(0)
            #expect(FileManager.default.contents(atPath: path) != first)
            let out = try await env.dsr("export", "anna", "--output", "-", "--portability").expect(0).out
            #expect(out.contains("\"portability\""))
            #expect(try await env.events(of: 1).contains("claimed"))
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: env.folder).allSatisfy { !$0.hasSuffix(".part") }
            )
        }
    }

    @Test("an erasure needs a ticket and a confirmation, and nothing happens without them")
    func eraseConfirmation() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            try await env.dsr("erase", "anna").expect(64)
            let alone = try await env.dsr("erase", "anna", "--ticket", "T-1").expect(64)
            #expect(alone.err.contains("--yes") && !alone.err.contains("anna"))
            let other = try await env.onTerminal("erase anna --ticket T-1", typing: "hanna\n").expect(64)
            #expect(other.out.contains("Environment: sandbox"))
            #expect(await env.sandbox.hasProfile("anna"))
            #expect(try await env.count("select count(*) from dsr.subject_requests") == 0)

            try await env.onTerminal("erase anna --ticket T-1", typing: "anna\n").expect(0)
            #expect(await env.sandbox.hasProfile("anna") == false)
            #expect(try await env.ending(of: 1) == "completed erased")
            #expect(
                try await env.texts(
                    "select convert_from(payload, 'UTF8')::json ->> 'ticket' as t from dsr.evidence_payloads join dsr.evidence_leaves using (index) where request_id = 1 order by index limit 3"
                )
                    == ["T-1", "T-1", "T-1"]
            )
        }
    }

    @Test("an operator's request waits for an older one of the same customer, and says so")
    func waitsForOlder() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            try await env.sql("insert into dsr.subject_requests (kind, integration_id) values ('access', 'anna')")
            let ended = try await env.dsr("erase", "anna", "--ticket", "T-1", "--yes").expect(1)
            #expect(ended.err.contains("waits for older_request"))
            #expect(await env.sandbox.hasProfile("anna"))
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 2) == "completed erased")
        }
    }

    @Test("a dry run changes nothing, and names what would be refused")
    func dryRun() async throws {
        try await TestEnvironment.with { env in
            try await env.sql("drop trigger check_new_request on dsr.subject_requests")
            try await env.sql(
                "insert into dsr.subject_requests (kind, integration_id) values ('erasure', 'anna'), ('access', '..')"
            )
            let before = try await env.dump()
            let ended = try await env.dsr("run", "--dry-run").expect(0)
            #expect(ended.out.contains("1 erasure"))
            #expect(ended.out.contains("request 2 would be refused"))
            #expect(try await env.dump() == before)
            #expect(ended.out.contains("request 1 (erasure) would be answered by 20"))
            #expect(ended.out.contains("API and its key: ok") && ended.out.contains("texts in letters: ok"))
            let asked = await env.sandbox.requests()
            #expect(!asked.isEmpty && asked.allSatisfy { $0.target.contains("/dsr-preflight/") })
            #expect(!FileManager.default.fileExists(atPath: env.reports))
        }
    }

    /// Settings that are wrong, the exit code, and the check that says so.
    @Test(
        "a dry run tries what a run needs, and ends as the run would before its first claim",
        arguments: [
            (["TALON_ONE_API_KEY": "wrong"], 77, "API and its key: PROBLEM"),
            (
                ["TALON_ONE_BASE_URL": "http://127.0.0.1:1", "DSR_CALL_PATIENCE_SECONDS": "0"], 69,
                "API and its key: PROBLEM"
            ),
            (["DSR_REPORTS_DIRECTORY": "/nonexistent/reports"], 78, "report directory: PROBLEM"),
            (["DSR_REPORTS_DIRECTORY": "/dev/null"], 78, "report directory: PROBLEM"),
            (["DSR_REPORTS_DIRECTORY": nil], 78, "API and its key: ok"),
            (["DSR_EVIDENCE_KEY_FILE": "/nonexistent"], 0, "signing of the evidence log: PROBLEM"),
            (["DSR_DATABASE_URL": "host=/nonexistent", "DSR_DATABASE_PATIENCE_SECONDS": "0"], 69, ""),
        ] as [([String: String?], Int32, String)]
    )
    func dryRunTries(_ changes: [String: String?], _ code: Int32, _ line: String) async throws {
        try await TestEnvironment.with { env in
            let ended = try await env.dsr("run", "--dry-run", setting: changes).expect(code)
            #expect(line.isEmpty || ended.out.contains(line), "\(ended.out)")
            #expect(try await env.count("select count(*) from dsr.runs") == 0)
            if code != 0, changes != ["DSR_REPORTS_DIRECTORY": "/dev/null"] {
                try await env.dsr("run", "--no-wait", setting: changes).expect(code)
            }
        }
    }

    @Test(
        "the table refuses what can never be right, with a message that says so",
        arguments: [
            ("'forget', 'a'", "unknown kind"), ("'access', ''", "is empty"),
            ("'access', '..'", "is a dot segment"),
            ("'access', repeat('x', 1001)", "longer than"), ("'rectification', 'a'", "needs changes"),
        ]
    )
    func table(_ values: String, _ message: String) async throws {
        try await TestEnvironment.with { env in
            let ended = try await env.psql(
                "insert into dsr.subject_requests (kind, integration_id) values (\(values))"
            )
            #expect(ended.code != 0)
            #expect(ended.err.contains(message))
            #expect(ended.err.contains("HINT"))
        }
    }

    @Test("what version 2 of the API does not have is said, and not dropped silently")
    func notSent() async throws {
        try await TestEnvironment.with(.newest) { env in
            let session = try await env.dsr("api", "update-session", "s", "--profile", "a", "--total", "5").expect(0)
            #expect(session.err.contains("--total was not sent"))
            let event = try await env.dsr("api", "track-event", "t", "--profile", "a", "--session", "s").expect(0)
            #expect(event.err.contains("--session was not sent"))
            for total in ["12,50", "12.5x", "1e5", "NaN"] {
                try await env.dsr("api", "update-session", "s", "--total", total).expect(64)
            }
        }
    }

    @Test("an option that the configured version of the API does not have is an error, and nothing is sent")
    func notInThisVersion() async throws {
        try await TestEnvironment.with(.newest, environment: ["TALON_ONE_DIALECT": "v2"]) { env in
            let session = try await env.dsr("api", "update-session", "s", "--profile", "a", "--total", "5").expect(64)
            #expect(session.err.contains("--total is for version 1 of the API"))
            let event = try await env.dsr("api", "track-event", "t", "--profile", "a", "--session", "s").expect(64)
            #expect(event.err.contains("--session is for version 1 of the API"))
            #expect(await env.sandbox.requests().isEmpty)
            try await env.dsr("api", "update-session", "s", "--profile", "a").expect(0)
        }
    }

    @Test(
        "all ten operations of the API by hand, in each deployment",
        arguments: [
            SandboxSettings(), .baseline, .newest,
        ]
    )
    func tenOperations(_ settings: SandboxSettings) async throws {
        try await TestEnvironment.with(settings) { env in
            try await env.dsr("api", "update-profile", "anna", "--attributes", #"{"Name":"A"}"#).expect(0)
            try await env.dsr(
                "api",
                "update-session",
                "s1",
                "--profile",
                "anna",
                "--state",
                "closed",
                "--total",
                "9.99"
            ).expect(0)
            try await env.dsr("api", "track-event", "viewed", "--profile", "anna", "--session", "s2").expect(0)
            try await env.dsr("api", "create-reservation", "AUTUMN10", "anna").expect(0)
            #expect(try await env.dsr("api", "reserved-customers", "AUTUMN10").expect(0).out.contains("anna"))
            let reserved = try await env.dsr("api", "reserved-coupons", "anna")
            #expect(reserved.code == (settings.hasReservedCoupons ? 0 : 1))
            try await env.dsr("api", "create-referral", "--campaign", "2", "--advocate", "anna").expect(0)
            #expect(try await env.dsr("api", "inventory", "anna").expect(0).out.contains("\"Name\":\"A\""))
            try await env.dsr("api", "delete-reservation", "AUTUMN10", "anna").expect(0)
            #expect(
                try await env.dsr("api", "reserved-customers", "AUTUMN10").expect(0).out.contains("anna") == false
            )
            try await env.dsr("api", "delete-customer-data", "anna").expect(64)
            #expect(await env.sandbox.hasProfile("anna"))
            try await env.dsr("api", "delete-customer-data", "anna", "--yes").expect(0)
            #expect(await env.sandbox.hasProfile("anna") == false)
        }
    }

    @Test("the signed scheme works as the key does")
    func signed() async throws {
        try await TestEnvironment.with(environment: [
            "TALON_ONE_API_KEY": "", "TALON_ONE_APPLICATION_ID": "1", "TALON_ONE_APPLICATION_KEY": "fefecafedeadbeef",
        ]) { env in
            try await env.makeCustomer("anna")
            try await env.dsr("erase", "anna", "--ticket", "T-1", "--yes").expect(0)
            try await env.dsr("run", setting: ["TALON_ONE_APPLICATION_KEY": "0000000000000000"]).expect(77)
        }
    }

    @Test("documents that cannot be written stay in the database, and the next run writes them")
    func undelivered() async throws {
        try await TestEnvironment.with { env in
            try await env.sql("insert into dsr.subject_requests (kind, integration_id) values ('access', 'nobody')")
            // A directory in the place of the file: root may write everywhere else.
            let export = "\(env.reports)/\(try await env.databaseID())-request-1-export.json"
            try FileManager.default.createDirectory(atPath: export + "/x", withIntermediateDirectories: true)
            #expect(try await env.dsr("run").expect(1).err.contains("safe in the database"))
            try FileManager.default.removeItem(atPath: export)
            try await env.dsr("run").expect(0)
            #expect(env.file("request-1-export.json") != nil)
            #expect(try await env.count("select count(*) from dsr.reports where delivered_at is null") == 0)
        }
    }

    @Test("what a command did is one JSON object for programs, with every key in place")
    func json() async throws {
        try await TestEnvironment.with { env in
            #expect(try await env.dsr("submit", "access", "anna", "--json").expect(0).out == "{\"request\":1}\n")
            let verify = ["requests", "verify", "1", "--method", "in_person", "--ticket", "T-1", "--json"]
            #expect(
                try await env.dsr(verify).expect(0).out
                    == "{\"changed\":true,\"request\":1,\"state\":\"pending\",\"waiting_for\":null}\n"
            )
            #expect(try await env.dsr(verify).expect(0).out == "{\"changed\":false,\"request\":1}\n")
            let steps = try await env.dsr("migrate", "--status", "--json").expect(0).out
            let read = try JSONSerialization.jsonObject(with: Data(steps.utf8)) as? [[String: Any]]
            #expect(read?.first?["version"] as? Int == 1)
            #expect(read?.first?["applied_at"] is String)
            try await env.sql("delete from dsr.schema_migrations where version > 1")
            let open = try await env.dsr("migrate", "--status", "--json").expect(0).out
            #expect(open.contains("{\"applied_at\":null,"))
        }
    }

    @Test("the demo works, and works again, whatever the user's own settings are")
    func demo() async throws {
        try await TestEnvironment.with { env in
            for _ in 1...2 {
                let ended = try await env.dsr(
                    "demo",
                    "--reports",
                    env.folder + "/demo",
                    setting: ["DSR_CONFIG": "/nonexistent", "TALON_ONE_API_KEY_FILE": "/nonexistent", "DSR_X": "x"]
                ).expect(0)
                #expect(ended.out.contains("the sums agree"))
                #expect(ended.out.contains("completed\terased"))
            }
        }
    }
}
