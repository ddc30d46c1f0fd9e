import Foundation
import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("The list of requests that need action")
struct NeedsActionTests {
    @Test("it holds what is failed, overdue, malformed, not told, or waits for an operator, and nothing else")
    func list() async throws {
        let settings = ["DSR_GATES_ERASURE_WAIT_DAYS": "7"]
        try await TestEnvironment.with(environment: settings) { env in
            try await env.submit(.access, "identity", channel: "phone")
            try await env.sql("update dsr.subject_requests set needs_identity = true")
            try await env.submit(.erasure, "waiting-period")
            try await env.submit((.access, "answered"), (.access, "refused"), (.access, "told"), (.access, "overdue"))
            try await env.dsr("requests", "refuse", "4", "--ground", "art12_5_unfounded", "--ticket", "T-1", "--yes")
                .expect(0)
            let today = try await env.texts("select dsr.today('GMT')::text as t")[0]
            try await env.dsr(
                [
                    "requests", "refuse", "5", "--ground", "art12_5_unfounded", "--told-on", today, "--ticket", "T-1",
                    "--yes",
                ]
            ).expect(0)
            try await env.sql("drop trigger check_new_request on dsr.subject_requests")
            try await env.submit((.access, ".."), (.access, "."))
            let run = try await env.dsr("run", "--limit", "1").expect(1)
            #expect(run.err.contains("3 requests need action: 7, 8, 4; "))
            try await env.tamper(
                """
                update dsr.subject_requests set answer_by = '2020-01-01' where id = 6;
                update dsr.subject_requests set finished_at = now() - interval '2 months' where id = 8;
                """
            )
            #expect(try await Self.listed(env) == [1, 4, 6, 7])
            #expect(try await Self.listed(env, "--state", "refused", "--after", "4") == [7])
            try await env.dsr("requests", "list", "--needs-action", "--at-risk", "7d").expect(64)
        }
    }

    @Test("what is not settled is named in every run until it is, with its age, its date and the next command")
    func everyNight() async throws {
        try await TestEnvironment.with { env in
            await env.sandbox.install(SandboxFault(.status(code: 400), match: SandboxMatch(identifier: "odd")))
            try await env.submit(.access, "odd")
            try await env.dsr("run").expect(1)
            await env.sandbox.clearFaults()
            for _ in 1...2 {
                let ended = try await env.dsr("run").expect(1)
                #expect(ended.err.contains("1 request needs action: 1; see 'dsr requests show 1'"))
                #expect(ended.out.contains("request 1 (access): refused_by_api: "))
                #expect(ended.out.contains(/; 0 days old; due 20[-0-9]+; next: dsr requests show 1/))
            }
            let json = try await env.dsr("run", "--json").expect(1).out
            let report = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
            let row = (report?["needs_action"] as? [[String: Any]])?.first
            #expect(row?["request"] as? Int == 1 && row?["age_days"] as? Int == 0 && row?["due"] is String)
            try await env.dsr("requests", "cancel", "1", "--ticket", "T-1").expect(0)
            #expect(try await !env.dsr("run").expect(0).out.contains("NEEDS ACTION"))
        }
    }

    @Test("a routine wait is listed and needs no action until it is old or near its date")
    func routine() async throws {
        let settings = ["DSR_GATES_APPROVAL": "true"]
        try await TestEnvironment.with(environment: settings) { env in
            try await env.submit(.erasure, "anna")
            try await env.submit(.access, "berta", channel: "phone")
            try await env.sql("update dsr.subject_requests set needs_identity = true where kind = 'access'")
            for _ in 1...2 {
                let ended = try await env.dsr("run").expect(0).out
                #expect(ended.contains("waiting for an operator (routine):\n    request 1 (erasure): approval"))
                #expect(ended.contains("next: dsr requests approve 1 --subject ID\n"))
                #expect(ended.contains("next: dsr requests verify 2\n"))
            }
            let now = try await env.dsr("run", setting: ["DSR_ATTENTION_DAYS": "0"]).expect(1)
            #expect(now.err.contains("2 requests need action: 1, 2; see 'dsr requests list --needs-action'"))
            let old =
                "insert into dsr.subject_requests (kind, integration_id, requested_by, received_at) "
                + "values ('erasure', 'old', 'Zoe', now() - interval"
            try await env.sql("\(old) '9 days')")
            #expect(try await env.dsr("run").expect(1).err.contains("1 request needs action: 3;"))
            try await env.dsr(
                ["requests", "approve", "3", "--subject", "old", "--ticket", "T-1"],
                setting: try await env.connectingAsApprover()
            ).expect(0)
            try await env.dsr("run").expect(0)
            try await env.sql("\(old) '27 days')")
            #expect(
                try await env.dsr("run", setting: ["DSR_ATTENTION_DAYS": "30"]).expect(1).err
                    .contains("1 request needs action: 4;")
            )
        }
    }

    @Test("an incident alone points to the list of incidents")
    func incident() async throws {
        try await TestEnvironment.with { env in
            try await env.submit(.access, "nobody")
            try await env.dsr("run").expect(0)
            try await env.tamper(
                "insert into dsr.incidents (kind, request_id, found) values ('reappeared', 1, '{profile}')"
            )
            let ended = try await env.dsr("run").expect(1)
            #expect(ended.sentences == ["Error: 1 incident is open; see 'dsr incidents list'"])
            #expect(ended.out.contains("incident 1: reappeared: "))
        }
    }

    @Test("an answer after the last lawful date is counted")
    func late() async throws {
        try await TestEnvironment.with { env in
            try await env.sql(
                "insert into dsr.subject_requests (kind, integration_id, received_at) values ('access', 'x', now() - interval '99 days')"
            )
            let ended = try await env.dsr("run").expect(0)
            #expect(ended.out.contains(/ANSWERED AFTER THE LAST LAWFUL DATE +1\n/))
            #expect(try await env.texts("select counts ->> 'answered_late' as t from dsr.runs") == ["1"])
        }
    }

    @Test("a summary begins with its date, its host and its duration")
    func heading() async throws {
        try await TestEnvironment.with { env in
            let ended = try await env.dsr("run").expect(0)
            let host = ProcessInfo.processInfo.hostName
            let heading = try #require(ended.out.split(separator: "\n").first)
            #expect(heading.wholeMatch(of: /20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC on (.*), \d+ seconds?/)?.1 == host[...])
        }
    }

    @Test("a log that could not be signed is in the report")
    func notSigned() async throws {
        try await TestEnvironment.with(environment: ["DSR_EVIDENCE_KEY_FILE": "/nonexistent"]) { env in
            let json = try await env.dsr("run", "--json").expect(1).out
            let report = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
            #expect((report?["needs_action"] as? [[String: Any]])?.map { $0["kind"] as? String } == ["evidence"])
        }
    }

    private static func listed(_ env: TestEnvironment, _ words: String...) async throws -> [Int] {
        let lines = try await env.dsr(["requests", "list", "--needs-action", "--json"] + words).expect(0).out
        return try lines.split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require(object?["request"] as? Int)
        }
    }
}
