import Foundation
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("Decisions of operators")
struct DecisionTests {
    @Test(
        "a deadline is explained in sentences, with the country's holidays, which the controller's own file overrides"
    )
    func deadline() async throws {
        try await TestEnvironment.with(environment: [
            "DSR_TIME_ZONE": "Europe/Berlin", "DSR_CALENDAR_COUNTRY": "DE", "DSR_CALENDAR_REGION": "BY",
        ]) { env in
            let file = env.folder + "/holidays"
            try Data("2026-04-07 A day of our own\n".utf8).write(to: URL(filePath: file))
            for setting in [[:], ["DSR_CALENDAR_FILE": file]] as [[String: String?]] {
                try await env.dsr("submit", "access", "nobody", "--received-at", "2026-03-05T10:00:00Z").expect(0)
                // Past its deadline by months.
                #expect(try await env.dsr("run", setting: setting).expect(0).out.contains("the sums agree"))
            }
            let first = try await env.dsr("requests", "show", "1").expect(0).out
            #expect(first.contains("answer by     2026-04-05"))
            #expect(first.contains("latest lawful 2026-04-07"))
            #expect(
                first.contains(
                    "2026-04-05 is Sunday, 2026-04-06 is Easter Monday in DE-BY: the period ends with the next working day, "
                        + "Tuesday 2026-04-07 (Art. 3(4) Regulation 1182/71)."
                )
            )
            #expect(try await env.dsr("requests", "show", "2").expect(0).out.contains("latest lawful 2026-04-08"))
            let json = try await env.dsr("requests", "show", "1", "--json").expect(0).out
            #expect(json.contains(#""latest_lawful" : "2026-04-07""#))
            #expect(json.contains(#""rule" : "moved""#))
        }
    }

    @Test("an extension is possible in the first month, and needs the day on which the customer was told")
    func extend() async throws {
        try await TestEnvironment.with { env in
            try await env.dsr("submit", "access", "anna").expect(0)
            try await env.dsr("submit", "access", "bob", "--received-at", "2026-01-31T10:00:00Z").expect(0)
            let today = Date().formatted(.iso8601.year().month().day())
            let extended = try await env.dsr(
                "requests",
                "extend",
                "1",
                "--told-on",
                today,
                "--reason",
                "Many requests."
            )
            #expect(try extended.expect(0).out.contains("Request 1 extended; it is pending."))
            #expect(
                try await env.dsr("requests", "show", "1").expect(0).out.contains("three months from receipt end on")
            )
            let late = try await env.dsr("requests", "extend", "2", "--told-on", "2026-02-20", "--ticket", "T-1")
                .expect(64)
            #expect(late.err.contains("the first month of request 2 ended on 2026-02-28"))
            let future = try await env.dsr("requests", "extend", "1", "--told-on", "2099-01-01", "--ticket", "T-1")
            #expect(try future.expect(64).err.contains("in the future"))
            try await env.dsr("requests", "extend", "1", "--told-on", "yesterday", "--ticket", "T-1").expect(64)
            #expect(
                try await env.dsr("requests", "extend", "1", "--told-on", today).expect(64).err.contains("--reason")
            )
            let sql = try await env.psql(
                "update dsr.subject_requests set extension_told_on = '2026-02-20' where id = 2"
            )
            #expect(sql.code != 0 && sql.err.contains("within one month of receipt"))
        }
    }

    @Test("each run reports a refusal until the customer is told")
    func refuse() async throws {
        try await TestEnvironment.with { env in
            try await env.dsr("submit", "access", "anna").expect(0)
            #expect(
                try await env.dsr("requests", "refuse", "1", "--ground", "art17_3_b", "--ticket", "T-1", "--yes")
                    .expect(64)
                    .err
                    .contains("Art. 17(3)(b) GDPR is a ground against erasure, and request 1 asks for access")
            )
            let unconfirmed = [
                "requests", "refuse", "1", "--ground", "art12_5_excessive", "--reason", "The ninth this week.",
            ]
            #expect(try await env.dsr(unconfirmed).expect(64).err.contains("give --yes in a script"))
            #expect(try await env.ending(of: 1) == "pending -")
            let refuse = unconfirmed + ["--yes"]
            try await env.dsr(refuse).expect(0)
            try await env.dsr(refuse).expect(0)
            #expect(try await env.dsr("run").expect(1).out.contains("refusal letters not sent: 1"))
            let shown = try await env.dsr("requests", "show", "1").expect(0).out
            #expect(shown.contains("Refused under Art. 12(5) GDPR; the customer must be told by"))
            let today = Date().formatted(.iso8601.year().month().day())
            try await env.dsr(refuse + ["--told-on", today]).expect(0)
            try await env.dsr("run").expect(0)
            #expect(
                try await env.dsr("requests", "show", "1").expect(0).out.contains("the customer was told on \(today)")
            )
            #expect(try await env.ending(of: 1) == "refused -")
        }
    }

    @Test("a refusal asks for confirmation on a terminal, and is taken back as long as the customer was not told")
    func reopen() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            try await env.dsr("submit", "access", "anna").expect(0)
            let refuse = "requests refuse 1 --ground art12_5_excessive --ticket T-1"
            let other = try await env.onTerminal(refuse, typing: "2\n")
            #expect(other.code == 64 && other.out.contains("the numbers differ; nothing was done"))
            try await env.onTerminal(refuse, typing: "1\n").expect(0)
            #expect(try await env.ending(of: 1) == "refused -")

            try await env.dsr("requests", "reopen", "1").expect(64)
            let reopened = try await env.dsr("requests", "reopen", "1", "--reason", "by mistake").expect(0)
            #expect(reopened.out == "Request 1 reopened; it is pending.\n")
            #expect(
                try await env.dsr("requests", "reopen", "1", "--reason", "by mistake").expect(0).out
                    == "Request 1: The request is open.\n"
            )
            #expect(try await env.events(of: 1).suffix(2) == ["refused", "reopened"])
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed exported")

            try await env.dsr("submit", "access", "bob").expect(0)
            let today = Date().formatted(.iso8601.year().month().day())
            try await env.dsr(
                ["requests", "refuse", "2", "--ground", "art12_6", "--told-on", today, "--ticket", "T-1", "--yes"]
            ).expect(0)
            let told = try await env.dsr("requests", "reopen", "2", "--ticket", "T-1").expect(64)
            #expect(told.err.contains("the customer was told on \(today)"))
            #expect(try await env.ending(of: 2) == "refused -")
        }
    }

    @Test("requests near their deadline are listed first")
    func atRisk() async throws {
        try await TestEnvironment.with { env in
            try await env.dsr("submit", "access", "anna").expect(0)
            let monthAgo = Date().addingTimeInterval(-27 * 86_400).formatted(.iso8601)
            try await env.dsr("submit", "erasure", "bob", "--received-at", monthAgo).expect(0)
            await env.sandbox.install(SandboxFault(.status(code: 422), match: SandboxMatch(identifier: "bob")))
            try await env.dsr("run").expect(1)
            let listed = try await env.dsr("requests", "list", "--at-risk", "7d").expect(0).out
            #expect(listed.hasPrefix("2\terasure\tfailed"))
            #expect(listed.split(separator: "\n").count == 1)
            try await env.dsr("requests", "list", "--at-risk", "soon").expect(64)

            await env.sandbox.clearFaults()
            #expect(try await env.dsr("requests", "retry", "2", "--ticket", "T-1").expect(0).out.contains("pending"))
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 2) == "completed no_data")
        }
    }

    @Test("a decision about a request that does not exist or is closed is refused with one sentence")
    func notThere() async throws {
        try await TestEnvironment.with { env in
            try await env.dsr("submit", "access", "nobody").expect(0)
            try await env.dsr("run").expect(0)
            for words in [
                ["verify", "--method", "in_person"], ["cancel"], ["retry"], ["reopen"],
                ["refuse", "--ground", "art12_6", "--yes"], ["suspend", "--for", "identity"],
                ["extend", "--told-on", "2026-01-01"],
            ] {
                let ended = try await env.dsr(
                    ["requests", words[0], "1", "--ticket", "T-1"] + words.dropFirst()
                ).expect(64)
                #expect(ended.err.contains("request 1") && ended.err.split(separator: "\n").count == 2, "\(words)")
                let missing = try await env.dsr(
                    ["requests", words[0], "99", "--ticket", "T-1"] + words.dropFirst()
                ).expect(64)
                #expect(missing.err.contains("no request 99"), "\(words)")
            }
            let discrepancies = try await env.count("select count(*) from dsr.decisions")
            #expect(discrepancies == 0)
        }
    }

    @Test(
        "names of attributes that were not applied are in the row, in the evidence only if configured, and values nowhere"
    )
    func attributeNames() async throws {
        for isConfigured in [false, true] {
            let environment = isConfigured ? ["DSR_EVIDENCE_ATTRIBUTE_NAMES": "true"] : [:]
            try await TestEnvironment.with(environment: environment) { env in
                try await env.makeCustomer("anna")
                await env.sandbox.install(
                    SandboxFault(
                        .status(code: 200, body: "{}", act: false),
                        match: SandboxMatch(operation: "updateCustomerProfile"),
                        count: 1
                    )
                )
                for value in ["NewName", "OtherName"] {
                    try await env.dsr(
                        "submit",
                        "rectification",
                        "anna",
                        "--changes",
                        #"{"Name": "\#(value)", "x@example.com": "\#(value)"}"#
                    ).expect(0)
                }
                try await env.dsr("run").expect(1)
                #expect(try await env.ending(of: 1) == "failed not_applied")
                #expect(try await env.ending(of: 2) == "completed rectified")
                let reason = try await env.texts("select reason as t from dsr.subject_requests where id = 1")
                #expect(
                    reason == [
                        "2 of 2 changed attributes read back with another value: Name, and 1 whose name is not shown."
                    ]
                )
                let evidence = try await env.texts(
                    "select convert_from(payload, 'UTF8') as t from dsr.evidence_payloads"
                )
                #expect(evidence.contains { $0.contains(#""attributes":["Name"]"#) } == isConfigured)
                #expect(!evidence.joined().contains("NewName") && !evidence.joined().contains("x@example.com"))
            }
        }
    }
}
