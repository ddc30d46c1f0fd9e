import TalonOne
import TalonOneSandbox
import Testing

@Suite struct DialectTests {
    private let profile = NewCustomerProfile(attributes: ["a": 1])

    @Test("the lack of version 1 is discovered once, and all copies of a client share the result")
    func discovery() async throws {
        try await withSandbox(.newest) { fixture in
            let client = try fixture.client()
            let copy = client
            _ = try await client.updateCustomerProfile(integrationId: "a", profile)
            _ = try await copy.updateCustomerProfile(integrationId: "a", profile)
            _ = try await copy.trackEvent(NewEvent(type: "t", sessionId: "s", profileId: "a"))
            #expect(
                await fixture.lines() == [
                    "PUT /v1/customer_profiles/a",
                    "PUT /v2/customer_profiles/a?runRuleEngine=false",
                    "PUT /v2/customer_profiles/a?runRuleEngine=false",
                    "POST /v1/events",
                    "POST /v2/events",
                ]
            )
        }
    }

    @Test("a deployment with version 1 never receives version 2")
    func baseline() async throws {
        try await withSandbox(.baseline) { fixture in
            _ = try await fixture.client().updateCustomerSession(customerSessionId: "s", NewCustomerSession())
            #expect(await fixture.lines() == ["PUT /v1/customer_sessions/s"])
        }
    }

    @Test("a deployment with neither version is reported as lacking the operation, and nothing is recorded")
    func neither() async throws {
        var settings = SandboxSettings()
        settings.dialects = []
        try await withSandbox(settings) { fixture in
            let client = try fixture.client()
            for _ in 0..<2 {
                let error = try await failure { try await client.updateCustomerProfile(integrationId: "a", profile) }
                #expect(error.code == .operationMissing)
                #expect(!error.mayHaveActed)
            }
            #expect(await fixture.lines().count == 4)
        }
    }

    @Test("a configured dialect that the deployment lacks is reported as a missing operation", arguments: [404, 405])
    func fixedDialect(status: Int) async throws {
        try await withSandbox(.baseline) { fixture in
            await fixture.sandbox.install(SandboxFault(.status(code: status)))
            let client = try fixture.client(dialect: .v2)
            let error = try await failure { try await client.updateCustomerProfile(integrationId: "a", profile) }
            #expect(error.code == .operationMissing && error.status == status)
        }
    }

    @Test("only 404 and 405 from version 1 lead to a try of version 2", arguments: [400, 401, 409, 500])
    func otherFailures(status: Int) async throws {
        try await withSandbox { fixture in
            await fixture.sandbox.install(SandboxFault(.status(code: status)))
            let client = try fixture.client()
            _ = try await failure { try await client.updateCustomerProfile(integrationId: "a", profile) }
            #expect(await fixture.lines() == ["PUT /v1/customer_profiles/a"])
        }
    }

    @Test("an event of version 2 is sent without a session, which version 2 does not have")
    func eventWithoutSession() async throws {
        try await withSandbox(.newest) { fixture in
            _ = try await fixture.client().trackEvent(NewEvent(type: "t", sessionId: "s", profileId: "a"))
            let request = try #require(await fixture.sandbox.requests().last)
            #expect(request.target == "/v2/events" && !request.body.contains("sessionId"))
        }
    }

    @Test("an event without what its dialect requires is refused and not sent")
    func eventNeeds() async throws {
        try await withSandbox { fixture in
            let withoutSession = NewEvent(type: "t", profileId: "a")
            let error = try await failure { try await fixture.client(dialect: .v1).trackEvent(withoutSession) }
            #expect(error.code == .invalidRequest && !error.mayHaveActed)
            #expect(await fixture.lines().isEmpty)
            _ = try await fixture.client().trackEvent(withoutSession)
            #expect(await fixture.lines() == ["POST /v2/events"])
        }
    }
}
