import Foundation
import TalonOneSandbox
import Testing

@testable import TalonOne

@Suite struct RedactionTests {
    @Test(
        "plain messages of the API are kept",
        arguments: [
            "HMAC signature mismatch.", "The submitted data was invalid", "Not found", "Too many requests",
            "You can't do that", "state must be open, closed or cancelled", "Application 404 is missing",
        ]
    )
    func passes(message: String) {
        #expect(Redaction(values: ["customer-42"])(message) == message)
    }

    @Test(
        "an identifier is removed in every spelling",
        arguments: [
            ("Zoë/42", "profile Zoë/42 not found"), ("Zoë/42", "profile zoË/42 not found"),
            ("Zoë/42", "profile Zoe\u{308}/42 not found"), ("Zoë/42", "profile Zo%C3%AB%2F42 not found"),
            ("Zoë/42", "profile Zo%c3%ab%2f42 not found"), ("Zoë/42", #"profile Zo\u00eb\/42 not found"#),
            ("Max Muster", "profile Max+Muster not found"), ("Max Muster", "no profile max, surname MUSTER"),
            ("x", "profile x not found"), ("ann", "profile ANN not found"),
        ]
    )
    func spellings(id: String, message: String) throws {
        let cleaned = try #require(Redaction(values: [id])(message))
        for part in ["zo", "42", "muster", " x", "ann"] { #expect(!cleaned.lowercased().contains(part)) }
        #expect(cleaned.contains("prof"))
    }

    @Test(
        "a word that could be an identifier is removed although the request does not contain it",
        arguments: [
            "no profile secret@example.com here", "no profile 'secret one' here", #"no profile "secret" here"#,
            "no profile “secret” here", "no profile secret%40example here", "no profile secret42 here",
            "no profile 0049170secret here", "no profile 5ec7e7deadbeefsecret here", "unbalanced 'secret",
            "no profile sécret here", "see https://x/secret here", "no profile +49secret",
        ]
    )
    func patterns(message: String) {
        #expect(Redaction(values: [])(message)?.contains("ecret") != true)
        #expect(Redaction(values: [])("phone 0170 1234567 end") == "phone […] end")
    }

    @Test(
        "an identifier of marks, spaces or invisible characters does not break the redaction",
        arguments: ["\u{301}", "\u{200D}", "\n", " ", "…", "[…]", "\u{FE0F}", "%", "\\"]
    )
    func oddIdentifiers(id: String) {
        let cleaned = Redaction(values: [id])("profile x\(id)y not found, secret@example.com")
        #expect(cleaned?.contains("secret") != true)
    }

    @Test("control characters, NUL and direction marks become spaces, and a message has at most 300 characters")
    func controls() throws {
        #expect(Redaction(values: [])("bad\u{0}thing\r\n\u{1B}[31mred\u{202E}x") == "bad thing […] x")
        let long = try #require(Redaction(values: [])(String(repeating: "word ", count: 200)))
        #expect(long.count == 300)
        #expect(Redaction(values: [])(String(repeating: "word ", count: 2_000)) == nil)
    }

    @Test("no error shows the identifier, an attribute or an address, however it is printed")
    func canary() async throws {
        try await withSandbox { fixture in
            let client = try fixture.client(dialect: .v1, deadline: .milliseconds(300))
            let id = "canary.Person+1@example.com"
            let quoting = """
                {"message":"Profile \(id) / canary.person%2B1%40example.com has Birdname 'Birdname'",
                 "errors":[{"title":"Unknown \(id)","details":"Birdname of CANARY.PERSON+1@EXAMPLE.COM"}]}
                """
            let behaviours: [SandboxFault.Behaviour] =
                [400, 401, 403, 404, 409, 429, 500].map { .status(code: $0, body: quoting) }
                + [.hang, .dropBeforeActing, .garbage, .invalidUTF8, .redirect(location: "/\(id)"), .endlessBody]
            for behaviour in behaviours {
                await fixture.sandbox.clearFaults()
                await fixture.sandbox.install(SandboxFault(behaviour))
                let error = try await failure {
                    try await client.updateCustomerProfile(
                        integrationId: id,
                        NewCustomerProfile(attributes: ["Name": "Birdname", "n": ["deep": "Birdname"]])
                    )
                }
                var dumped = ""
                dump(error, to: &dumped)
                for text in ["\(error)", String(reflecting: error), error.localizedDescription, dumped] {
                    #expect(text.range(of: "canary", options: .caseInsensitive) == nil)
                    #expect(!text.contains("Birdname") && !text.contains("example"))
                }
            }
            let invalid = try await failure { try await client.deleteCustomerData(integrationId: "canary\0") }
            #expect(!"\(invalid)".contains("canary"))
        }
    }

    @Test("the description has the operation, what happened, the status, the API's message, and what to do")
    func sentences() async throws {
        try await withSandbox { fixture in
            let body = #"{"message":"Try later"}"#
            await fixture.sandbox.install(SandboxFault(.status(code: 429, body: body, retryAfter: "5")))
            let error = try await failure { try await fixture.client().deleteCustomerData(integrationId: "a") }
            #expect(
                "\(error)" == "deleteCustomerData: the rate limit of the API was exceeded (HTTP 429: \"Try later\"). "
                    + "Retry in 5 seconds. Lower the rate of calls."
            )
            await fixture.sandbox.clearFaults()
            let unknown = try await failure { try await fixture.client().deleteCustomerData(integrationId: "a") }
            #expect(
                "\(unknown)"
                    == "deleteCustomerData: not found: no such customer, or this deployment lacks the operation "
                    + "(HTTP 404: \"Not found\"). Check the identifier, and the environment of the key."
            )
            let coupon = try await failure { try await fixture.client().reservedCustomers(couponValue: "NONE") }
            #expect("\(coupon)".contains("no such coupon, or this deployment lacks the operation (HTTP 404"))
            await fixture.sandbox.install(SandboxFault(.dropAfterActing))
            let lost = try await failure { try await fixture.client().deleteCustomerData(integrationId: "a") }
            #expect(
                "\(lost)" == "deleteCustomerData: the connection was lost before the answer was complete. "
                    + "The request may have been carried out; read the current state before retrying."
            )
        }
    }
}
