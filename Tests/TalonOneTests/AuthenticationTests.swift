import Foundation
import TalonOneSandbox
import Testing

@testable import TalonOne

@Suite struct AuthenticationTests {
    @Test(
        "a body has the signature that two independent implementations computed",
        arguments: [
            ("{}", "0ab22833fdd54e7d6f6a95dffd158d9e"),
            ("", "0dbc664752c37541281e3eef8eee0d2d"),
            ("null", "1e559fe209653f16c3468fd27bef9e64"),
            (#"{"integrationIDs":["customer1"]}"#, "ceb478ca5379d6862a47b5819cf2a8f8"),
            (#"{"attributes":{"Name":"Zoë"}}"#, "9a41696cf36f0adf47ad185c1b8633b8"),
        ]
    )
    func knownAnswers(body: String, signature: String) throws {
        let signer = try #require(ContentSignature(id: 12, hexadecimalKey: "fefecafedeadbeef"))
        #expect(signer.header(for: Data(body.utf8)) == "signer=12; signature=\(signature)")
    }

    @Test("a request without a body is signed, sent unsigned, or sent with an empty object, as configured")
    func emptyBodies() async throws {
        var lax = SandboxSettings()
        lax.hmacForEmptyBody = .notRequired
        let key = Authentication.applicationKey(id: 1, key: "FEFEcafedeadbeef")
        try await withSandbox { fixture in
            let omitting = try fixture.client(key, emptyBodySignature: .omit)
            let refused = try await failure { try await omitting.deleteCustomerData(integrationId: "a") }
            #expect(refused.code == .unauthorized)
            await fixture.sandbox.update(lax)
            let passed = try await failure { try await omitting.deleteCustomerData(integrationId: "a") }
            #expect(passed.code == .notFound)

            let object = try fixture.client(key, emptyBodySignature: .emptyObject)
            let signed = try await failure { try await object.deleteCustomerData(integrationId: "a") }
            #expect(signed.code == .notFound)
            #expect(await fixture.sandbox.requests().map(\.body) == ["", "", "{}"])
            #expect(await fixture.sandbox.requests().last?.headers["content-type"] == "application/json")
        }
    }

    @Test("a wrong key is unauthorized; so is a wrong signature, which the early API answers with 400")
    func wrongCredentials() async throws {
        try await withSandbox { fixture in
            let key = try fixture.client(.apiKey("wrong"))
            #expect(try await failure { try await key.deleteCustomerData(integrationId: "a") }.code == .unauthorized)
            let signature = try fixture.client(.applicationKey(id: 1, key: "0000000000000000"))
            let error = try await failure { try await signature.deleteCustomerData(integrationId: "a") }
            #expect(error.code == .unauthorized && error.status == 400)
        }
    }

    @Test(
        "a refused credential is described by its scheme, the status and the setting to check",
        arguments: [
            (
                Authentication.apiKey("wrong"), nil,
                #"the API refused the API key (HTTP 401). Check TALON_ONE_API_KEY."#
            ),
            (
                .applicationKey(id: 1, key: "0000000000000000"), nil,
                #"the API refused the Application key of Application 1 (HTTP 400). "#
                    + "Check TALON_ONE_APPLICATION_ID and TALON_ONE_APPLICATION_KEY."
            ),
            (
                .apiKey("sandbox"), 403,
                #"the API does not allow the operation with the API key (HTTP 403). "#
                    + "Check TALON_ONE_API_KEY: Application, environment and permissions of the key."
            ),
        ] as [(Authentication, Int?, String)]
    )
    func refusedCredentials(authentication: Authentication, status: Int?, description: String) async throws {
        try await withSandbox { fixture in
            if let status { await fixture.sandbox.install(SandboxFault(.status(code: status))) }
            let client = try fixture.client(authentication)
            let error = try await failure { try await client.customerInventory(integrationId: "a", sections: []) }
            #expect(error.description == "getCustomerInventory: \(description)")
            #expect(error.debugDescription == error.description)
        }
    }

    @Test(
        "a refusal that quotes the key or the customer shows neither",
        arguments: [
            Authentication.apiKey("swordfish"), .applicationKey(id: 7, key: "feedfacecafebeef"),
        ],
        [401, 403]
    )
    func refusalQuotes(authentication: Authentication, status: Int) async throws {
        try await withSandbox { fixture in
            let body = #"{"message":"Key swordfish feedfacecafebeef may not read Canary"}"#
            await fixture.sandbox.install(SandboxFault(.status(code: status, body: body)))
            let client = try fixture.client(authentication)
            let error = try await failure { try await client.customerInventory(integrationId: "canary", sections: []) }
            #expect(error.description.contains("HTTP \(status)"))
            for word in ["swordfish", "feedface", "canary", "Key "] {
                #expect(!error.description.contains(word))
            }
        }
    }

    @Test("no way of printing shows a key")
    func masked() throws {
        for authentication in [Authentication.apiKey("5ec4e7"), .applicationKey(id: 3, key: "5ec4e75ec4e75ec4")] {
            let configuration = try TalonOneConfiguration(
                baseURL: "https://x.talon.one",
                authentication: authentication
            )
            var dumped = ""
            dump(configuration, to: &dumped)
            dump(authentication, to: &dumped)
            dump(ContentSignature(id: 3, hexadecimalKey: "5ec4e75ec4e75ec4"), to: &dumped)
            let texts = [
                "\(authentication)", String(reflecting: authentication), "\(configuration)",
                String(reflecting: configuration), dumped,
            ]
            for text in texts { #expect(!text.contains("5ec4")) }
            // The bytes of the key, as a dump lists numbers.
            #expect(!dumped.contains("- 94") && !dumped.contains("- 231"))
        }
    }

    @Test(
        "a key that cannot be valid is refused, and the error does not show it",
        arguments: [
            Authentication.apiKey(""), .apiKey("5ec\r\nX: y"), .apiKey("5ec key"), .applicationKey(id: 1, key: "5ec"),
            .applicationKey(id: 1, key: "5ecafedeadbeeffg"), .applicationKey(id: 0, key: "5ecacafedeadbeef"),
            .applicationKey(id: 1, key: "5ecacafedeadbee٣"),
        ]
    )
    func badKeys(authentication: Authentication) throws {
        let error = try #require(throws: TalonOneError.self) {
            try TalonOneConfiguration(baseURL: "https://x.talon.one", authentication: authentication)
        }
        #expect(error.code == .invalidConfiguration)
        #expect(!"\(error)".contains("5ec"))
    }

    @Test(
        "a safe base URL is accepted",
        arguments: [
            ("https://x.talon.one", "https://x.talon.one"), ("https://x.talon.one/", "https://x.talon.one"),
            ("HTTPS://x.talon.one:8443", "HTTPS://x.talon.one:8443"), ("http://127.0.0.1:9", "http://127.0.0.1:9"),
            ("http://localhost", "http://localhost"), ("http://[::1]:9/", "http://[::1]:9"),
        ]
    )
    func goodURLs(text: String, url: String) throws {
        #expect(try TalonOneConfiguration(baseURL: text, authentication: .apiKey("k")).baseURL == url)
    }

    @Test(
        "an unsafe base URL is refused",
        arguments: [
            "", "x.talon.one", "http://x.talon.one", "http://127.evil.com", "http://127.0.0.1.evil.com", "ftp://x",
            "https://", "https://x/api", "https://x?a", "https://x#a", "https://u@x", "https://u:p@x", "https://x//",
            "https://x y", "https://x\r\n", "https://x:0", "https://x:99999", "http://128.0.0.1", "https://@x",
        ]
    )
    func badURLs(text: String) throws {
        let error = try #require(throws: TalonOneError.self) {
            try TalonOneConfiguration(baseURL: text, authentication: .apiKey("k"))
        }
        #expect(error.code == .invalidConfiguration)
    }
}
