import Foundation
import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("Reports of runs and months")
struct ReportTests {
    private static func month(_ zone: TimeZone = .gmt, offset: Int = 0) -> String {
        let today = CivilDate(Date(), in: zone)
        return CivilMonth(of: CivilMonth(of: today).firstDay.adding(months: offset)).description
    }

    private static func json(_ ended: TestEnvironment.Ended) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(ended.out.utf8)) as? [String: Any])
    }

    @Test("a run or month that does not exist, is in the future or malformed is wrong usage, with the way out")
    func errors() async throws {
        try await TestEnvironment.with { env in
            func refused(_ words: String..., code: Int32 = 64, saying: String) async throws {
                let ended = try await env.dsr(["report"] + words).expect(code)
                #expect(ended.out.isEmpty)
                #expect(ended.err.contains(saying), "\(ended.err)")
            }
            try await refused(saying: "no run over the whole queue has ended yet")
            try await refused("7", saying: "there is no run 7, and none has ended yet")
            try await env.sql("select dsr.begin_run(3600000, 'host', 1, '1.0', 'sandbox', 'x', 'all')")
            try await refused("1", code: 75, saying: "run 1 has not ended")
            try await refused(saying: "no run over the whole queue has ended yet")
            try await env.expireLeases()
            try await env.dsr("run").expect(0)
            try await refused("1", code: 1, saying: "run 1 crashed and left no report")
            try await refused("7", saying: "there is no run 7; the last run over the whole queue is 2")
            try await refused("customer-42", saying: "text not repeated")
            for text in ["2026", "2026-13", "2026-1", "26-01", "2026-01-01", "9999-12", "customer-42", ""] {
                try await refused("--month", text, saying: "--month is not a month: expected a year and a month")
            }
            try await refused("--month", "9998-01", saying: "the month 9998-01 is in the future")
            try await refused("--month", Self.month(offset: 1), saying: "is in the future: in the time zone GMT it is ")
            try await refused("--month", "2001-01", saying: "nothing is recorded of the month 2001-01")
            try await refused("2", "--month", Self.month(), saying: "a run and --month cannot be combined")
            try await refused("--json", "--html", saying: "--json and --html cannot be combined")
            try await env.tamper("update dsr.runs set counts = '{\"format\": 1}' where id = 2")
            try await refused("2", code: 78, saying: "the report of the run cannot be read")
        }
    }

    @Test("an empty database has a report of the month, and a run without requests has one of the run")
    func empty() async throws {
        try await TestEnvironment.with { env in
            let month = try Self.json(try await env.dsr("report", "--month", Self.month(), "--json").expect(0))
            #expect(month["received_count"] as? Int == 0 && month["complete"] as? Bool == false)
            try await env.dsr("report", "--month", Self.month(), "--html").expect(0)
            try await env.dsr("run").expect(0)
            let run = try await env.dsr("report", "--html").expect(0).out
            #expect(run.contains("Nothing, of this run and of all earlier ones.") && !run.contains("<svg"))
        }
    }

    @Test("a report says what the run did as it was, and what needs action as it is now")
    func now() async throws {
        let environment = ["DSR_RETRY_QUICK_TRIES": "1", "DSR_RETRY_FAILURE_BUDGET": "1"]
        try await TestEnvironment.withEvidence(environment: environment) { env, _ in
            try await env.makeCustomer("anna")
            try await env.submit((.access, "anna"), (.access, "fails"))
            await env.sandbox.install(
                SandboxFault(.status(code: 400, body: "{}"), match: SandboxMatch(identifier: "fails"))
            )
            try await env.dsr("run").expect(1)
            let stored = try Self.json(try await env.shell("cat \(env.reports)/*-run-1.json").expect(0))
            let before = try Self.json(try await env.dsr("report", "--json").expect(0))
            #expect(before["needs_action_count"] as? Int == 1)
            for member in ["completed", "failed", "to_account_for", "calls", "outcomes", "started_at", "ended_at"] {
                #expect(try #require(before[member] as? NSObject) == (stored[member] as? NSObject), "\(member)")
            }
            // The checkpoint over the report was signed after the report was made.
            #expect((stored["evidence"] as? [String: Any])?["signed_at"] is NSNull)
            #expect((before["evidence"] as? [String: Any])?["unsigned_entries"] as? Int == 0)

            try await env.dsr("requests", "cancel", "2", "--ticket", "T-1").expect(0)
            let after = try Self.json(try await env.dsr("report", "1", "--json").expect(0))
            #expect(after["needs_action_count"] as? Int == 0)
            #expect(after["failed"] as? Int == 1 && after["balances"] as? Bool == true)
            #expect((after["decisions"] as? [Any])?.isEmpty == true, "it was made after the run")
            // Of the next run it is one that was made since the last.
            try await env.dsr("run").expect(0)
            let next = try Self.json(try await env.dsr("report", "--json").expect(0))
            let decision = try #require((next["decisions"] as? [[String: Any]])?.first)
            #expect(decision["decision"] as? String == "cancelled" && decision["role"] as? String == "owner")
            #expect((next["trend"] as? [Any])?.count == 2)
            let html = try await env.dsr("report", "--html").expect(0).out
            #expect(html.components(separatedBy: "<svg").count == 5)
            let file = env.folder + "/report.html"
            try await env.dsr("report", "--output", file).expect(0)
            #expect(try String(contentsOfFile: file, encoding: .utf8).hasSuffix("</html>\n"))
            #expect(try await env.dsr("report", "--output", file).expect(64).err.contains("the output file exists"))
            let table = try await env.dsr("report").expect(0).out
            #expect(table.contains("accounted for\tsums\tagree\n"))
        }
    }

    @Test("decisions are counted by what the role may do, and no name of an operator or role is in a report")
    func decisions() async throws {
        try await TestEnvironment.with(environment: ["DSR_GATES_APPROVAL": "true"]) { env in
            let roles = TestRoles()
            try await roles.create(in: env)
            try await env.makeCustomer("anna")
            try await env.submit((.erasure, "anna"), (.access, "ben"))
            try await env.dsr("run").expect(0)
            try await env.dsr(
                ["requests", "approve", "1", "--subject", "anna", "--ticket", "T-1"],
                setting: env.connecting(as: roles.name("approver"))
            ).expect(0)
            try await env.submit(.access, "cleo")
            try await env.dsr("run").expect(0)
            try await env.submit(.access, "dora")
            try await env.sql("insert into dsr.decisions (decision, ticket, actor) values ('held', 'T-2', 'Jane Doe')")
            let words = ["report", "--month", Self.month(), "--json"]
            let ended = try await env.dsr(words, setting: env.connecting(as: roles.name("auditor"))).expect(0)
            let decisions = try #require(try Self.json(ended)["decisions"] as? [[String: Any]])
            #expect(
                decisions.map { "\($0["decision"]!) \($0["role"]!) \($0["count"]!)" } == [
                    "approved approver 1", "held owner 1",
                ]
            )
            for output in [
                ended.out, try await env.dsr("report", "--html").out, try await env.dsr("report", "--json").out,
                try await env.dsr("report", "--month", Self.month(), "--html").out,
            ] {
                #expect(!output.contains("Jane") && !output.contains(roles.name("approver")))
            }
        }
    }

    @Test("a month begins and ends at midnight of the configured time zone, and holds each request once")
    func boundaries() async throws {
        try await TestEnvironment.with { env in
            let previous = Self.month(offset: -1), before = Self.month(offset: -2)
            // Half an hour before the end of the month in UTC, it is the next one in Berlin.
            try await env.submit((.access, "anna"), (.erasure, "ben"))
            try await env.dsr("run").expect(0)
            try await env.tamper(
                """
                update dsr.subject_requests set received_at = '\(previous)-01T00:00:00Z'::timestamptz - interval '30 min',
                    finished_at = '\(previous)-20T12:00:00Z' where id = 1;
                update dsr.subject_requests set received_at = '\(before)-02T12:00:00Z',
                    finished_at = '\(previous)-20T12:00:00Z', latest_lawful = '\(previous)-02' where id = 2
                """
            )
            func figures(_ month: String, _ zone: String) async throws -> String {
                let words = ["report", "--month", month, "--json"]
                let report = try Self.json(try await env.dsr(words, setting: ["DSR_TIME_ZONE": zone]).expect(0))
                let timeliness = try #require(report["timeliness"] as? [String: Any])
                return "\(report["received_count"]!) \(report["answered_count"]!) \(timeliness["late"]!)"
            }
            #expect(try await figures(before, "GMT") == "2 0 0")
            #expect(try await figures(previous, "GMT") == "0 2 1")
            #expect(try await figures(before, "Europe/Berlin") == "1 0 0")
            #expect(try await figures(previous, "Europe/Berlin") == "1 2 1")
            #expect(try await figures(Self.month(), "Europe/Berlin") == "0 0 0")
        }
    }

    @Test("a run counts calls that were repeated, turned away or not answered")
    func slowDowns() async throws {
        try await TestEnvironment.with(environment: ["DSR_RETRY_WAIT_SECONDS": "1"]) { env in
            try await env.makeCustomer("anna")
            try await env.submit(.access, "anna")
            let match = SandboxMatch(identifier: "anna")
            await env.sandbox.install(SandboxFault(.status(code: 429, body: "{}"), match: match, count: 1))
            await env.sandbox.install(SandboxFault(.dropBeforeActing, match: match, count: 1))
            try await env.dsr("run").expect(0)
            let report = try Self.json(try await env.dsr("report", "--json").expect(0))
            let slow = try #require(report["slow_downs"] as? [String: Int])
            #expect(slow["throttled_calls"] == 1 && slow["unanswered_calls"] == 1 && slow["repeated_calls"] == 2)
        }
    }
}
