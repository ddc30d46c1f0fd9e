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
            // Art. 12(3) GDPR: the customer is told of the action taken.
            let letter = String(decoding: try #require(env.file("request-1-letter.html")), as: UTF8.self)
            #expect(letter.contains("Your data has been corrected") && letter.contains("1.50"))
            let unknown = String(decoding: try #require(env.file("request-2-letter.html")), as: UTF8.self)
            #expect(unknown.contains("We hold no data about you"))
            #expect(try await env.requests("changes is not null") == 0)
        }
    }

    @Test("the values are sent as they were written")
    func exact() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            let changes = #"{"Card": 123456789012345678901234567890123456789012345, "Size": 1.50, "City": "Zoe\u0308"}"#
            try await env.dsr("submit", "rectification", "anna", "--changes", changes).expect(0)
            try await env.dsr("run").expect(0)
            let bodies = await env.sandbox.requests().filter {
                $0.operation?.hasPrefix("updateCustomerProfile") == true
            }
            #expect(bodies.last?.body == #"{"attributes":"# + changes + "}")
            #expect(try await env.ending(of: 1) == "completed rectified")
        }
    }

    @Test("changes that have no single meaning are refused at submission, by the command and by the database")
    func ambiguous() async throws {
        try await TestEnvironment.with { env in
            for changes in [#"{"a":1,"a":2}"#, #"{"a":{"b":1,"\u0062":1}}"#, #"{"a":[{"b":1,"b":1}]}"#] {
                let ended = try await env.dsr("submit", "rectification", "anna", "--changes", changes).expect(64)
                #expect(ended.err.contains("occurs twice"))
                let inserted = try await env.psql(
                    "insert into dsr.subject_requests (kind, integration_id, changes) "
                        + "values ('rectification', 'anna', '\(changes)')"
                )
                #expect(inserted.err.contains("changes_are_unambiguous") || inserted.err.contains("occurs twice"))
            }
            #expect(try await env.requests("true") == 0)
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
