import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("The outcomes of a rectification")
struct RectificationOutcomeTests {
    @Test("a rectification is read back, and does not create an unknown customer")
    func rectified() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            try await env.submit(.rectification, "anna", changes: #"{"Name": "Anna", "City": null, "Points": 1.50}"#)
            try await env.submit(.rectification, "nobody")
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed rectified")
            #expect(try await env.ending(of: 2) == "completed no_data")
            #expect(await env.sandbox.hasProfile("nobody") == false)
            #expect(try await env.requests("changes is not null") == 0)
        }
    }

    @Test("a rectification that reads back with other values is not_applied")
    func notApplied() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            await env.sandbox.install(
                SandboxFault(
                    .status(code: 200, body: "{}", act: false),
                    match: SandboxMatch(operation: "updateCustomerProfile")
                )
            )
            try await env.submit(.rectification, "anna")
            try await env.dsr("run").expect(1)
            #expect(try await env.ending(of: 1) == "failed not_applied")
        }
    }
}
