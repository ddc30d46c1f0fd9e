import TalonOne
import TalonOneSandbox
import Testing

@Suite struct PathTests {
    static let table: [(id: String, segment: String)] = [
        ("a b@example.com", "a%20b%40example.com"),
        ("a/b", "a%2Fb"),
        ("ä€😀", "%C3%A4%E2%82%AC%F0%9F%98%80"),
        ("a%2Fb", "a%252Fb"),
        ("a?b#c", "a%3Fb%23c"),
        ("a+b&c=d;e", "a%2Bb%26c%3Dd%3Be"),
        ("~x:y,!*()", "~x%3Ay%2C%21%2A%28%29"),
        ("%2e%2e", "%252e%252e"),
        ("../../etc/passwd", "..%2F..%2Fetc%2Fpasswd"),
        ("a/b?c#d%2F", "a%2Fb%3Fc%23d%252F"),
        ("...", "..."),
        ("a\r\nHost: b", "a%0D%0AHost%3A%20b"),
        ("e\u{301}", "e%CC%81"),
        ("A-Z_0.9~", "A-Z_0.9~"),
    ]

    @Test("an identifier is sent as one encoded segment, and the server decodes the same identifier", arguments: table)
    func encoding(id: String, segment: String) async throws {
        try await withSandbox { fixture in
            let client = try fixture.client()
            _ = try await client.updateCustomerProfile(integrationId: id, NewCustomerProfile(attributes: [:]))
            _ = try await client.deleteCustomerData(integrationId: id)
            #expect(
                await fixture.lines() == [
                    "PUT /v1/customer_profiles/\(segment)", "DELETE /v1/customer_data/\(segment)",
                ]
            )
            let identifier = await fixture.sandbox.requests().last?.identifier
            #expect(identifier.map { Array($0.unicodeScalars) } == Array(id.unicodeScalars))
        }
    }

    @Test("an identifier of 1,000 emoji, a request line of 12 kB, is accepted")
    func longest() async throws {
        try await withSandbox { fixture in
            let id = String(repeating: "😀", count: 1_000)
            let client = try fixture.client()
            _ = try await client.updateCustomerProfile(integrationId: id, NewCustomerProfile(attributes: [:]))
            #expect(try await client.deleteCustomerData(integrationId: id).status == 204)
            #expect(await fixture.lines().last?.utf8.count ?? 0 > 12_000)
        }
    }

    @Test(
        "an identifier that cannot be sent is refused, and nothing is sent",
        arguments: ["", ".", "..", "a\0b", String(repeating: "x", count: 1_001)]
    )
    func refusals(id: String) async throws {
        try await withSandbox { fixture in
            let client = try fixture.client()
            let errors = [
                try await failure { try await client.deleteCustomerData(integrationId: id) },
                try await failure { try await client.customerInventory(integrationId: id, sections: [.profile]) },
                try await failure { try await client.reservedCoupons(integrationId: id) },
                try await failure { try await client.reservedCustomers(couponValue: id) },
                try await failure { try await client.createCouponReservation(couponValue: id, integrationIds: []) },
                try await failure { try await client.deleteCouponReservation(couponValue: id, integrationIds: []) },
                try await failure {
                    try await client.updateCustomerProfile(integrationId: id, NewCustomerProfile(attributes: [:]))
                },
                try await failure {
                    try await client.updateCustomerSession(customerSessionId: id, NewCustomerSession())
                },
            ]
            for error in errors { #expect(error.code == .invalidIdentifier && !error.mayHaveActed) }
            #expect(await fixture.lines().isEmpty)
        }
    }

    @Test("a proxy that rejects %2F answers 404, never with another customer's data")
    func encodedSlash() async throws {
        var settings = SandboxSettings()
        settings.acceptsEncodedSlash = false
        try await withSandbox(settings) { fixture in
            let error = try await failure { try await fixture.client().deleteCustomerData(integrationId: "a/b") }
            #expect(error.code == .notFound)
        }
    }
}
