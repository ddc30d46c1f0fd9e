import Foundation
import TalonOneSandbox
import TestHouse
import Testing

@Suite("No identifier leaves its places")
struct CanaryTests {
    @Test("a marked identifier is in no log line, error text, leaf, file name, run row or process title")
    func canary() async throws {
        let canary = "canary-7f3a9@example.com"
        let environment = [
            "DSR_RETRY_QUICK_TRIES": "1", "DSR_RETRY_FAILURE_BUDGET": "1", "DSR_CALL_PATIENCE_SECONDS": "0",
        ]
        try await House.withEvidence(environment: environment) { house, _ in
            var said = ""
            func hear(_ ended: House.Ended) { said += ended.out + ended.err }

            // Everything that can go wrong with the canary in it, by API, by table and by command line.
            let echo = #"{"message":"Profile \#(canary) broke","errors":[{"title":"t","details":"\#(canary)"}]}"#
            for behaviour: SandboxFault.Behaviour in [
                .status(code: 400, body: echo), .status(code: 401, body: echo), .status(code: 409, body: echo),
                .status(code: 500, body: echo), .garbage, .truncatedBody, .invalidUTF8, .dropBeforeActing,
                .redirect(location: "http://127.0.0.1:1/\(canary)"),
            ] {
                await house.sandbox.clearFaults()
                await house.sandbox.install(SandboxFault(behaviour, match: SandboxMatch(identifier: canary)))
                for kind in ["access", "portability", "erasure"] { hear(try await house.dsr("submit", kind, canary)) }
                hear(try await house.dsr("submit", "rectification", canary, "--changes", #"{"a":"\#(canary)"}"#))
                hear(try await house.dsr("run"))
                hear(try await house.dsr("run", "--dry-run"))
                hear(try await house.dsr("erase", canary, "--ticket", "T-1", "--yes"))
                hear(try await house.dsr("export", canary, "--output", house.folder + "/x.json"))
                hear(try await house.dsr("api", "inventory", canary))
                hear(try await house.dsr("api", "delete-customer-data", canary, "--yes"))
                // What is left must not hold back the next round's; and what people decide names nobody either.
                let left = try await house.texts(
                    "select id::text as t from dsr.subject_requests where state in ('pending', 'waiting', 'failed') order by id"
                )
                for id in left { hear(try await house.dsr("requests", "cancel", id, "--ticket", "T-1")) }
            }
            await house.sandbox.clearFaults()
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
                hear(try await house.dsr(words))
            }
            hear(try await house.dsr("requests", "list"))
            hear(try await house.dsr("requests", "list", "--json"))
            for request in 1...6 { hear(try await house.dsr("requests", "show", "\(request)", "--json")) }

            #expect(!said.isEmpty)
            #expect(!Self.holds(said, canary))
            let evidence = try await house.texts("select convert_from(payload, 'UTF8') as t from dsr.evidence_payloads")
            #expect(evidence.count > 100)
            #expect(!Self.holds(evidence.joined(separator: "\n"), canary))
            let rows =
                try await house.texts(
                    "select (to_jsonb(r) - 'integration_id' - 'changes')::text as t from dsr.subject_requests r"
                )
                + house.texts("select to_jsonb(r)::text as t from dsr.runs r")
                + house.texts("select to_jsonb(r)::text as t from dsr.decisions r")
                + house.texts("select to_jsonb(r)::text as t from dsr.legal_holds r")
                + house.texts("select (to_jsonb(r) - 'content')::text as t from dsr.reports r")
            #expect(!Self.holds(rows.joined(separator: "\n"), canary))
            let names = try FileManager.default.contentsOfDirectory(atPath: house.reports)
            #expect(!names.isEmpty)
            #expect(!Self.holds(names.joined(separator: "\n"), canary))
            for name in names where name.hasPrefix("run-") || name.contains("confirmation") {
                #expect(!Self.holds(String(decoding: house.file(name) ?? Data(), as: UTF8.self), canary), "\(name)")
            }
        }
    }

    @Test("after an erasure no trace of the identifier is left in the whole database")
    func erasedForGood() async throws {
        let canary = "canary-7f3a9@example.com"
        try await House.with { house in
            try await house.makeCustomer(canary)
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) values ('access', '\(canary)'), ('portability', '\(canary)')"
            )
            try await house.dsr("run").expect(0)
            #expect(Self.holds(try await house.dump(), canary), "before: the rows and the stored answers hold it")
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) values ('erasure', '\(canary)')"
            )
            try await house.dsr("run").expect(0)
            let dump = try await house.dump()
            #expect(dump.contains("request-3-confirmation.html"))
            #expect(!Self.holds(dump, canary))
        }
    }

    @Test("while a command runs, the process table shows its verb and not its arguments")
    func processTitle() async throws {
        // Not the other tests' canary: their children show theirs between their start and their first line of code.
        let canary = "canary-in-title@example.com"
        try await House.with { house in
            await house.sandbox.install(SandboxFault(.hang, match: SandboxMatch(identifier: canary)))
            async let ended = house.dsr("export", canary, "--output", "-")
            _ = try await house.sandbox.waitForRequest(matching: SandboxMatch(identifier: canary))
            let titles = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { entry -> String? in
                guard Int(entry) != nil else { return nil }
                return FileManager.default.contents(atPath: "/proc/\(entry)/cmdline").map {
                    String(decoding: $0, as: UTF8.self)
                }
            }
            #expect(titles.contains { $0.contains("/dsr\0export") })
            #expect(!titles.contains { $0.contains(canary) })
            await house.sandbox.clearFaults()
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
