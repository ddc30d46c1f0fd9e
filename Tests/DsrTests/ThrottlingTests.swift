import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("Throttling without end")
struct ThrottlingTests {
    @Test(
        "an API that only throttles is an outage: the run ends, whichever call is throttled, and the evidence stays small",
        arguments: ["getCustomerInventory", "deleteCustomerData"],
        ["0", "Thu, 01 Jan 1970 00:00:00 GMT", "-1", "soon"]
    )
    func endless(_ operation: String, _ retryAfter: String) async throws {
        let settings = ["DSR_CALL_PATIENCE_SECONDS": "8", "DSR_CONCURRENCY": "4"]
        try await TestEnvironment.with(environment: settings) { env in
            try await env.makeCustomers(3)
            try await env.submit(.erasure, customers: 1...3)
            for customer in 1...3 {
                await env.sandbox.install(
                    SandboxFault(
                        .status(code: 429, retryAfter: retryAfter),
                        match: SandboxMatch(operation: operation, identifier: "customer-\(customer)")
                    )
                )
            }
            let run = try await env.dsr("run").expect(69)
            #expect(run.err.contains("(last answer: HTTP 429)"), "\(run.err)")
            #expect(try await env.requests("state = 'pending' and failures = 0") == 3)
            #expect(try await env.count("select count(*) from dsr.evidence_leaves") < 80)
            await env.sandbox.clearFaults()
            try await env.sql("update dsr.subject_requests set not_before = null")
            try await env.dsr("run").expect(0)
            #expect(try await env.requests("outcome in ('erased', 'record_remains')") == 3)
        }
    }

    @Test("with the default wait, one request that is throttled is claimed once")
    func oneRequest() async throws {
        try await TestEnvironment.with(environment: ["DSR_RETRY_WAIT_SECONDS": "600"]) { env in
            try await env.submit(.access, "a")
            await env.sandbox.install(
                SandboxFault(
                    .status(code: 429, retryAfter: "0"),
                    match: SandboxMatch(operation: "getCustomerInventory", identifier: "a")
                )
            )
            try await env.dsr("run").expect(75)
            #expect(try await env.requests("claim_no = 1 and not_before > now() + interval '5 minutes'") == 1)
            #expect(try await env.events(of: 1) == ["received", "admitted", "claimed", "returned"])
        }
    }
}
