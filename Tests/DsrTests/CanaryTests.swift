import Foundation
import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("No identifier leaks")
struct CanaryTests {
    @Test("a marked identifier is in no output, error, log entry, file name or run row")
    func canary() async throws {
        let canary = "canary-7f3a9@example.com"
        let environment = [
            "DSR_RETRY_QUICK_TRIES": "1", "DSR_RETRY_FAILURE_BUDGET": "1", "DSR_CALL_PATIENCE_SECONDS": "0",
        ]
        try await TestEnvironment.withEvidence(environment: environment) { env, _ in
            var said = ""
            func hear(_ ended: TestEnvironment.Ended) { said += ended.out + ended.err }

            // Everything that can fail with the canary in it, in the API, in the table and on the command line.
            let echo = #"{"message":"Profile \#(canary) broke","errors":[{"title":"t","details":"\#(canary)"}]}"#
            for behaviour: SandboxFault.Behaviour in [
                .status(code: 400, body: echo), .status(code: 401, body: echo), .status(code: 409, body: echo),
                .status(code: 500, body: echo), .garbage, .truncatedBody, .invalidUTF8, .dropBeforeActing,
                .redirect(location: "http://127.0.0.1:1/\(canary)"),
            ] {
                await env.sandbox.clearFaults()
                await env.sandbox.install(SandboxFault(behaviour, match: SandboxMatch(identifier: canary)))
                for kind in ["access", "portability", "erasure"] { hear(try await env.dsr("submit", kind, canary)) }
                hear(try await env.dsr("submit", "rectification", canary, "--changes", #"{"a":"\#(canary)"}"#))
                hear(try await env.dsr("run"))
                hear(try await env.dsr("run", "--dry-run"))
                hear(try await env.dsr("erase", canary, "--ticket", "T-1", "--yes"))
                hear(try await env.dsr("export", canary, "--output", env.folder + "/x.json"))
                hear(try await env.dsr("api", "inventory", canary))
                hear(try await env.dsr("api", "delete-customer-data", canary, "--yes"))
                // Open requests would hold back those of the next round; and decisions must not leak either.
                let left = try await env.texts(
                    "select id::text as t from dsr.subject_requests where state in ('pending', 'waiting', 'failed') order by id"
                )
                for id in left { hear(try await env.dsr("requests", "cancel", id, "--ticket", "T-1")) }
            }
            await env.sandbox.clearFaults()
            for words in [
                ["submit", "access", canary, "--ticket", canary], ["submit", canary, "x"],
                ["api", "inventory", canary, canary],
                [
                    "requests", "hold", "--subject", canary, "--ground", "b", "--law", canary, "--review-on",
                    "2099-01-01",
                ],
                ["requests", "hold", "--subject", canary, "--ground", "b", "--law", "x", "--review-on", canary],
                [
                    "requests", "hold", "--subject", canary, "--ground", "b", "--law", "x", "--review-on", "2099-01-01",
                    "--reason", "because of \(canary)",
                ],
                [
                    "requests", "hold", "--subject", canary, "--ground", "b", "--law", "x", "--review-on", "2099-01-01",
                    "--ticket", "T-1",
                ],
                ["requests", "approve", "1", "--subject", canary, "--ticket", "T-1"],
                ["requests", "cancel", canary, "--ticket", "T-1"], ["requests", "refuse", "1", "--ground", canary],
                ["requests", "verify", "1", "--method", canary, "--reason", canary],
                ["requests", "cancel", "1", "--reason", "on behalf of \(canary)"],
                ["requests", "holds"], ["requests", "list", "--at-risk", canary], ["run", "--allow-spike", canary],
                ["replay", "--since", "2020-01-01T00:00:00Z", "--ids", canary, "--ticket", "T-1"],
                ["replay", "--since", canary, "--ids", "-", "--ticket", canary], ["incidents", "close", canary],
                [canary], ["export", canary], ["erase", canary], ["requests", "show", canary],
                ["export", canary, "--output=\(canary)/x"], ["run", "--unknown=\(canary)"],
            ] {
                hear(try await env.dsr(words))
            }
            hear(try await env.dsr("requests", "list"))
            hear(try await env.dsr("requests", "list", "--json"))
            for request in 1...6 { hear(try await env.dsr("requests", "show", "\(request)", "--json")) }
            let month = CivilMonth(of: CivilDate(Date(), in: .gmt)).description
            for words in [[], ["--month", month], [canary], ["--month", canary], ["--month=\(canary)"]] {
                for form in [[], ["--json"], ["--html"]] { hear(try await env.dsr(["report"] + words + form)) }
            }
            hear(try await env.dsr("schema", canary))
            hear(try await env.dsr("report", "--html", "--output", "\(env.folder)/\(canary)/x"))

            #expect(!said.isEmpty)
            #expect(!Self.holds(said, canary))
            let evidence = try await env.texts("select convert_from(payload, 'UTF8') as t from dsr.evidence_payloads")
            #expect(evidence.count > 100)
            #expect(!Self.holds(evidence.joined(separator: "\n"), canary))
            let rows =
                try await env.texts(
                    "select (to_jsonb(r) - 'integration_id' - 'changes')::text as t from dsr.subject_requests r"
                )
                + env.texts("select to_jsonb(r)::text as t from dsr.runs r")
                + env.texts("select to_jsonb(r)::text as t from dsr.decisions r")
                + env.texts("select to_jsonb(r)::text as t from dsr.legal_holds r")
                + env.texts("select (to_jsonb(r) - 'content')::text as t from dsr.reports r")
            #expect(!Self.holds(rows.joined(separator: "\n"), canary))
            let names = try FileManager.default.contentsOfDirectory(atPath: env.reports)
            #expect(!names.isEmpty)
            #expect(!Self.holds(names.joined(separator: "\n"), canary))
            for name in names where name.contains("-run-") || name.contains("confirmation") {
                #expect(!Self.holds(String(decoding: env.file(name) ?? Data(), as: UTF8.self), canary), "\(name)")
            }
        }
    }

    @Test("after an erasure no trace of the identifier is left in the database")
    func erasedForGood() async throws {
        let canary = "canary-7f3a9@example.com"
        try await TestEnvironment.with { env in
            try await env.makeCustomer(canary)
            try await env.submit((.access, canary), (.portability, canary))
            try await env.dsr("run").expect(0)
            #expect(Self.holds(try await env.dump(), canary), "before: the rows and the stored answers hold it")
            try await env.submit(.erasure, canary)
            try await env.dsr("run").expect(0)
            let dump = try await env.dump()
            #expect(dump.contains("request-3-confirmation.html"))
            #expect(!Self.holds(dump, canary))
        }
    }

    @Test("the process table shows the verb of a running command and not its arguments")
    func processTitle() async throws {
        // Not the other tests' canary: their children show theirs between their start and their first line of code.
        let canary = "canary-in-title@example.com"
        try await TestEnvironment.with { env in
            await env.sandbox.install(SandboxFault(.hang, match: SandboxMatch(identifier: canary)))
            async let ended = env.dsr("export", canary, "--output", "-")
            try await env.received(SandboxMatch(identifier: canary))
            let titles = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { entry -> String? in
                guard Int(entry) != nil else { return nil }
                return FileManager.default.contents(atPath: "/proc/\(entry)/cmdline").map {
                    String(decoding: $0, as: UTF8.self)
                }
            }
            #expect(titles.contains { $0.contains("/dsr\0export") })
            #expect(!titles.contains { $0.contains(canary) })
            await env.sandbox.clearFaults()
            _ = try await ended
        }
    }

    /// Whether a text holds the canary in any spelling it may have on the way: as it is, percent-encoded, in hex.
    private static func holds(_ text: String, _ canary: String) -> Bool {
        let hex = canary.utf8.map { String(format: "%02x", $0) }.joined()
        let encoded = canary.replacingOccurrences(of: "@", with: "%40")
        return [canary, encoded, hex, "7f3a9", Data(canary.utf8).base64EncodedString()].contains { spelling in
            text.range(of: spelling, options: .caseInsensitive) != nil
        }
    }
}
