import Foundation
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("Bad input never stops a run")
struct InvalidInputTests {
    @Test("a hostile id reaches exactly the path it names")
    func paths() async throws {
        try await TestEnvironment.with { env in
            let ids = [
                "../../etc/passwd": "..%2F..%2Fetc%2Fpasswd", "a/b?c#d%2F": "a%2Fb%3Fc%23d%252F",
                "%2e%2e": "%252e%252e", "a b+c": "a%20b%2Bc",
                "'; drop table x; --": "%27%3B%20drop%20table%20x%3B%20--",
                String(repeating: "😀", count: 1_000): String(repeating: "%F0%9F%98%80", count: 1_000),
            ]
            for id in ids.keys {
                try await env.dsr("submit", "access", "-", input: id + "\n").expect(0)
            }
            try await env.dsr("run").expect(0)
            let asked = Set(await env.sandbox.requests().map { String($0.target.prefix { $0 != "?" }) })
            for path in ids.values { #expect(asked.contains("/v1/customer_profiles/\(path)/inventory")) }
            #expect(asked.count == 2 * ids.count + 1, "inventory and reserved coupons of each id, and the preflight")
            #expect(
                try await env.count("select count(*) from dsr.subject_requests where outcome = 'no_data'")
                    == ids.count
            )
        }
    }

    /// What the API may answer, and what becomes of the request after one claim.
    @Test(
        "an answer that cannot be used costs its own request and no other",
        arguments: [
            (SandboxFault.Behaviour.garbage, "pending -"), (.invalidUTF8, "pending -"), (.truncatedBody, "pending -"),
            (.endlessBody, "failed -"), (.hugeBody(mebibytes: 100), "failed -"),
            (.redirect(location: "http://127.0.0.1:1/"), "failed refused_by_api"),
            (.status(code: 404, body: "<html>no route</html>"), "pending -"),
            (
                .status(
                    code: 200,
                    body:
                        #"{"profile":{"integrationId":"odd","attributes":{"a":"\u0000"}},"referrals":[],"coupons":[],"#
                        + #""loyalty":null,"giveaways":[],"achievements":[]}"#
                ),
                "completed exported"
            ),
            (
                .status(code: 200, body: #"{"profile":{"integrationId":"odd","attributes":{"a":1}}}"#),
                "pending -"
            ),
            (.status(code: 400, body: #"{"message":"a\u0000b"}"#), "failed refused_by_api"),
            (.status(code: 500), "pending -"), (.status(code: 429, retryAfter: "99999"), "pending -"),
            (.status(code: 429, retryAfter: "garbage"), "pending -"), (.dropBeforeActing, "pending -"),
        ]
    )
    func unusable(_ behaviour: SandboxFault.Behaviour, _ ending: String) async throws {
        try await TestEnvironment.with(environment: ["DSR_RETRY_QUICK_TRIES": "1", "DSR_RETRY_WAIT_SECONDS": "3600"]) {
            env in
            await env.sandbox.install(SandboxFault(behaviour, match: SandboxMatch(identifier: "odd")))
            try await env.sql(
                "insert into dsr.subject_requests (kind, integration_id) values ('access', 'odd'), ('access', 'even')"
            )
            let ended = try await env.dsr("run")
            #expect([0, 1].contains(ended.code))
            #expect(try await env.ending(of: 1) == ending)
            #expect(try await env.ending(of: 2) == "completed no_data")
            if !ending.hasPrefix("completed") {
                #expect(
                    try await env.count("select count(*) from dsr.subject_requests where id = 1 and reason <> ''")
                        == 1
                )
            }
            #expect(ended.out.contains("the sums agree"))
        }
    }

    @Test("a request whose answers stay unreadable needs a person in the end")
    func budget() async throws {
        try await TestEnvironment.with(environment: ["DSR_RETRY_QUICK_TRIES": "1", "DSR_RETRY_FAILURE_BUDGET": "2"]) {
            env in
            await env.sandbox.install(SandboxFault(.garbage, match: SandboxMatch(identifier: "odd")))
            try await env.sql("insert into dsr.subject_requests (kind, integration_id) values ('access', 'odd')")
            try await env.dsr("run").expect(1)
            #expect(try await env.ending(of: 1) == "failed -")
            #expect(try await env.count("select failures from dsr.subject_requests") == 1)
            #expect(try await env.count("select claim_no from dsr.subject_requests") == 2)
        }
    }
}
