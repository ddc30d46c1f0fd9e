import SubjectRequests
import TestEnvironment
import Testing

@Suite("The evidence of an erasure")
struct ErasureProofTests {
    @Test("after an erasure nothing leads back to the customer, and the log still proves it")
    func erasureIsProven() async throws {
        let canary = "canary-7f3a9@example.com"
        try await TestEnvironment.withEvidence { env, keys in
            try await env.makeCustomer(canary)
            try await env.submit(.access, canary)
            try await env.dsr("run").expect(0)
            try await env.dsr("erase", canary, "--ticket", "T-1", "--yes").expect(0)

            #expect(try await !env.dump().contains("7f3a9"))
            let verified = try await env.dsr("evidence", "verify").expect(0)
            #expect(verified.out.contains("0 not signed yet"))
            #expect(verified.out.contains("2 in files"))
            let check = try await TestEnvironment.check(env.receipt(of: 2), key: keys.log).expect(0)
            #expect(check.out.contains("\"outcome\":\"erased\""))
            let proof = try await env.dsr("evidence", "prove", "--subject", "-", input: canary + "\n").expect(0)
            #expect(proof.out.contains("Request 2, erasure: erased"))
            #expect(proof.out.contains("under a signed checkpoint"))
            try await env.dsr("evidence", "prove", "--subject", "somebody-else").expect(1)
        }
    }

    @Test("each destructive call is announced in the log before it is sent, and no other call is")
    func intents() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            try await env.makeCustomer("anna")
            try await env.submit((.rectification, "anna"), (.erasure, "anna"), (.access, "nobody"))
            try await env.dsr("run").expect(0)
            let actions = try await env.texts(
                """
                select (convert_from(payload, 'UTF8')::json ->> 'request') || ' ' || (convert_from(payload, 'UTF8')::json ->> 'action') as t
                from dsr.evidence_payloads where convert_from(payload, 'UTF8')::json ->> 'event' = 'sending' order by index
                """
            )
            #expect(actions == ["1 update_profile", "2 release_reservation", "2 delete_customer_data"])
        }
    }
}
