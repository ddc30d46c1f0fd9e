import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("Equal requests of one customer are answered together")
struct EqualRequestTests {
    @Test("a thousand cost one look, one letter answers them, and the sums agree")
    func thousand() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            try await env.sql(
                """
                insert into dsr.subject_requests (kind, integration_id, requested_by)
                select kind, 'anna', 'intake' from generate_series(1, 1000), unnest('{access,erasure}'::text[]) kind
                """
            )
            let run = try await env.dsr("run").expect(0)
            #expect(run.out.contains("2,000 accounted for: the sums agree"), "\(run.out)")
            #expect(try await env.requests("state = 'completed' and outcome = 'exported' and kind = 'access'") == 1_000)
            #expect(try await env.requests("state = 'completed' and outcome = 'erased' and kind = 'erasure'") == 1_000)
            #expect(try await env.requests("answered_with is null") == 2)
            #expect(try await env.requests("integration_id is not null or channel is not null") == 0)
            #expect(try await env.count("select count(*) from dsr.evidence_leaves where event = 'claimed'") == 2)
            #expect(await env.sandbox.requests().count < 20)
            let shown = try await env.dsr("requests", "show", "3").expect(0).out
            #expect(shown.contains("Answered together with request 1."), "\(shown)")
        }
    }

    @Test("a request with a gate of its own, of another right, or that came later, is not answered with it")
    func others() async throws {
        try await TestEnvironment.with { env in
            try await env.submit(.access, "anna")
            try await env.submit(.portability, "anna")
            try await env.submit(.access, "anna", channel: "phone")
            try await env.sql("update dsr.subject_requests set needs_identity = true where channel = 'phone'")
            try await env.submit(.access, "bob")
            try await env.dsr("run").expect(0)
            #expect(try await env.requests("answered_with is not null") == 0)
            #expect(try await env.ending(of: 3) == "waiting -")
            #expect(try await env.requests("state = 'completed'") == 3)
        }
    }
}
