import Foundation
import TalonOne
import TalonOneSandbox
import Testing

@Suite("Nothing that an answer says is repeated")
struct AnswerTextTests {
    @Test(
        "no word of a message is in an error, whatever it says and wherever the API put it",
        arguments: [
            #"{"message":"Profile owner: Maria Musterfrau, Hauptstrasse"}"#,
            #"{"message":"born 12 May, lives at Unter den Linden 7"}"#,
            #"{"message":"m","errors":[{"title":"Maria Musterfrau","details":"Hauptstrasse","source":{"pointer":"/Maria"}}]}"#,
            #"{"errors":["Maria Musterfrau"],"StatusCode":"Maria"}"#, #"{"Maria":{"Musterfrau":"Hauptstrasse"}}"#,
            "<html>Maria Musterfrau</html>", #"{"message":"HMAC signature mismatch. Maria Musterfrau"}"#,
            #"{"message":"Not found","error":"Maria","code":"MUSTERFRAU"}"#,
        ]
    )
    func messages(body: String) async throws {
        try await withSandbox { fixture in
            let client = try fixture.client(dialect: .v1)
            for status in [400, 401, 403, 404, 405, 409, 418, 422, 429, 500, 503, 202, 302, 599] {
                await fixture.sandbox.clearFaults()
                await fixture.sandbox.install(
                    SandboxFault(.status(code: status, body: body, retryAfter: "491701234567"))
                )
                let error = try await failure {
                    try await client.customerInventory(integrationId: "maria", sections: [])
                }
                var dumped = ""
                dump(error, to: &dumped)
                for text in ["\(error)", String(reflecting: error), error.localizedDescription, dumped] {
                    for word in ["maria", "musterfrau", "strasse", "linden", "may,"] {
                        #expect(!text.lowercased().contains(word))
                    }
                }
                #expect("\(error)".contains("HTTP \(status)") && !"\(error)".contains("4917"))
            }
        }
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

    @Test("the description has the operation, what happened, the status, and what to do")
    func sentences() async throws {
        try await withSandbox { fixture in
            let body = #"{"message":"Try later"}"#
            await fixture.sandbox.install(SandboxFault(.status(code: 429, body: body, retryAfter: "5")))
            let error = try await failure { try await fixture.client().deleteCustomerData(integrationId: "a") }
            #expect(
                "\(error)" == "deleteCustomerData: the rate limit of the API was exceeded (HTTP 429). "
                    + "Retry in 5 seconds. Lower the rate of calls."
            )
            for over in ["0", "Wed, 21 Oct 2015 07:28:00 GMT"] {
                await fixture.sandbox.clearFaults()
                await fixture.sandbox.install(SandboxFault(.status(code: 429, body: body, retryAfter: over)))
                let error = try await failure { try await fixture.client().deleteCustomerData(integrationId: "a") }
                #expect("\(error)".hasSuffix("exceeded (HTTP 429). Lower the rate of calls."), "\(error)")
            }
            await fixture.sandbox.clearFaults()
            let unknown = try await failure { try await fixture.client().deleteCustomerData(integrationId: "a") }
            #expect(
                "\(unknown)"
                    == "deleteCustomerData: not found: no such customer, or this deployment lacks the operation "
                    + "(HTTP 404). Check the identifier, and the environment of the key."
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
