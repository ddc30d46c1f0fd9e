import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("Requests that are refused, by the API or for their form")
struct RefusalOutcomeTests {
    @Test("a request that the API refuses needs action, with the API's message and without its identifiers")
    func refusedByAPI() async throws {
        try await TestEnvironment.with { env in
            await env.sandbox.install(
                SandboxFault(
                    .status(code: 422, body: #"{"message":"Profile anna-secret@example.com is locked"}"#),
                    match: SandboxMatch(identifier: "anna-secret@example.com")
                )
            )
            try await env.submit(.access, "anna-secret@example.com")
            let ended = try await env.dsr("run").expect(1)
            #expect(try await env.ending(of: 1) == "failed refused_by_api")
            let reason = try await env.texts("select reason as t from dsr.subject_requests")
            #expect(reason.joined().contains("is locked"))
            #expect(!(reason.joined() + ended.out + ended.err).contains("anna-secret"))
        }
    }

    @Test("a malformed row is refused with a reason, and the run goes on")
    func refused() async throws {
        try await TestEnvironment.with { env in
            try await env.sql("drop trigger check_new_request on dsr.subject_requests")
            try await env.sql(
                """
                insert into dsr.subject_requests (kind, integration_id) values
                    ('forget me', 'a'), ('access', ''), ('access', '..'), ('access', E'a\\nb'),
                    ('rectification', 'a'), ('access', 'ok')
                """
            )
            let ended = try await env.dsr("run").expect(1)
            #expect(
                ended.err.contains(
                    "5 requests need action: 1, 2, 3, 4, 5; see 'dsr requests list --needs-action'"
                )
            )
            #expect(try await env.requests("state = 'refused' and reason <> ''") == 5)
            #expect(try await env.ending(of: 6) == "completed no_data")
            #expect(
                try await env.texts("select convert_from(payload, 'UTF8') as t from dsr.evidence_payloads")
                    .allSatisfy { !$0.contains("forget me") }
            )
        }
    }
}
