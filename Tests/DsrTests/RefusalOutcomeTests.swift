import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("Requests that are refused, by the API or for their form")
struct RefusalOutcomeTests {
    @Test("a request that the API refuses needs action, with the status, and no word of the API stays anywhere")
    func refusedByAPI() async throws {
        try await TestEnvironment.with { env in
            let messages = [
                #"{"message":"Profile owner: Maria Musterfrau, Hauptstrasse"}"#,
                #"{"message":"m","errors":[{"title":"Musterfrau","details":"born 12 May, lives at Unter den Linden 7"}]}"#,
                #"{"Maria":"Musterfrau"}"#,
            ]
            for (number, message) in messages.enumerated() {
                let id = "customer-\(number)"
                await env.sandbox.install(
                    SandboxFault(.status(code: 422, body: message), match: SandboxMatch(identifier: id))
                )
                try await env.submit(.access, id)
                try await env.submit(.erasure, id)
            }
            let ended = try await env.dsr("run").expect(1)
            #expect(try await env.ending(of: 1) == "failed refused_by_api")
            let reason = try await env.texts("select reason as t from dsr.subject_requests where reason is not null")
            #expect(reason.allSatisfy { $0.contains("HTTP 422") } && !reason.isEmpty)
            var said = ended.out + ended.err + reason.joined()
            for words in [["requests", "show", "1"], ["requests", "list", "--json"], ["run", "--json"]] {
                let ended = try await env.dsr(words)
                said += ended.out + ended.err
            }
            said += try await env.texts("select r::text as t from dsr.runs r").joined()
            said += try await env.texts("select convert_from(content, 'utf8') as t from dsr.reports").joined()
            said += try await env.texts("select p::text as t from dsr.evidence_payloads p").joined()
            for word in ["musterfrau", "hauptstrasse", "linden", "born 12", "maria"] {
                #expect(!said.lowercased().contains(word), "\(word)")
            }
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
