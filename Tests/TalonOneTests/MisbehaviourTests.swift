import AsyncHTTPClient
import Foundation
import TalonOne
import TalonOneSandbox
import Testing

@Suite struct MisbehaviourTests {
    /// The error of a deletion for each misbehaviour.
    static let table: [(behaviour: SandboxFault.Behaviour, code: TalonOneError.Code, mayHaveActed: Bool)] = [
        (.dropBeforeActing, .connectionFailed, true),
        (.dropAfterActing, .connectionFailed, true),
        (.status(code: 500), .serverError, true),
        (.status(code: 503, retryAfter: "7"), .serverError, true),
        (.status(code: 504, act: true), .serverError, true),
        (.status(code: 400), .rejected, false),
        (.status(code: 401), .unauthorized, false),
        (.status(code: 403), .forbidden, false),
        (.status(code: 404), .notFound, false),
        (.status(code: 405), .operationMissing, false),
        (.status(code: 409), .conflict, false),
        (.status(code: 422), .rejected, false),
        (.status(code: 429), .rateLimited, false),
        (.status(code: 202), .unexpectedStatus, true),
        (.redirect(location: "/v1/elsewhere"), .redirected, true),
        (.hugeHeader(kibibytes: 512), .connectionFailed, true),
    ]

    @Test("every misbehaviour has its code, and says whether the request may have been carried out", arguments: table)
    func deletion(behaviour: SandboxFault.Behaviour, code: TalonOneError.Code, mayHaveActed: Bool) async throws {
        try await withSandbox { fixture in
            await fixture.sandbox.install(SandboxFault(behaviour))
            let error = try await failure { try await fixture.client().deleteCustomerData(integrationId: "anna") }
            #expect(error.code == code)
            #expect(error.mayHaveActed == mayHaveActed)
            #expect(error.operation == .deleteCustomerData)
            // Nothing is retried, and no redirect is followed.
            #expect(await fixture.lines() == ["DELETE /v1/customer_data/anna"])
        }
    }

    @Test(
        "after a success with an unreadable body, the request may have been carried out",
        arguments: [
            SandboxFault.Behaviour.garbage, .invalidUTF8, .status(code: 201, body: "[]"), .status(code: 201, body: "{"),
        ]
    )
    func unreadable(behaviour: SandboxFault.Behaviour) async throws {
        try await withSandbox { fixture in
            await fixture.sandbox.install(SandboxFault(behaviour))
            let client = try fixture.client(dialect: .v1)
            let error = try await failure {
                try await client.updateCustomerProfile(integrationId: "anna", NewCustomerProfile(attributes: [:]))
            }
            #expect(error.code == .malformedBody && error.mayHaveActed)
        }
    }

    @Test("a truncated inventory is a lost connection, and a read never may have acted")
    func truncated() async throws {
        try await withSandbox { fixture in
            let client = try fixture.client()
            _ = try await client.updateCustomerProfile(integrationId: "anna", NewCustomerProfile(attributes: [:]))
            await fixture.sandbox.install(SandboxFault(.truncatedBody))
            let error = try await failure {
                try await client.customerInventory(integrationId: "anna", sections: [.profile])
            }
            #expect(error.code == .connectionFailed && !error.mayHaveActed)
            // The status of a refusal counts, even if its body is truncated.
            let refused = try await failure { try await client.customerInventory(integrationId: "bert", sections: []) }
            #expect(refused.code == .notFound)
        }
    }

    @Test(
        "a 404 is the API's own only in the form that it documents: other servers answer with a message too",
        arguments: [
            (#"{"message":"Not found","StatusCode":404}"#, true),
            (#"{"message":"Not found","errors":null,"StatusCode":404,"RequestUUID":"u"}"#, true),
            (#"{"message":"Not found","errors":[{"title":"t","source":{"parameter":"p"}}],"StatusCode":404}"#, true),
            (#"{"message":"no Route matched with those values"}"#, false),
            (#"{"message":"no Route matched with those values","request_id":"1"}"#, false),
            (#"{"message":"Missing Authentication Token"}"#, false), (#"{"message":"Not Found"}"#, false),
            (#"{"statusCode":404,"message":"Resource not found"}"#, false),
            (#"{"message":"Cannot GET /v1","error":"Not Found","statusCode":404}"#, false),
            (#"{"timestamp":1,"status":404,"error":"Not Found","message":"","path":"/v1"}"#, false),
            (#"{"errors":[{"title":"Not found"}]}"#, false), (#"{"StatusCode":404}"#, false),
            (#"{"message":"","StatusCode":404}"#, false), (#"{"message":404,"StatusCode":404}"#, false),
            (#"{"message":"Not found","StatusCode":"404"}"#, false),
            (#"{"message":"Not found","StatusCode":403}"#, false),
            (#"{"message":"Not found","StatusCode":404,"route":"x"}"#, false),
            (#"{"message":"Not found","StatusCode":404,"errors":["x"]}"#, false),
            (#"{"message":"Not found","StatusCode":404,"errors":{}}"#, false),
            (#"[{"message":"Not found","StatusCode":404}]"#, false), ("", false), ("null", false), ("404", false),
            ("<html><head><title>404 Not Found</title></head></html>", false), ("default backend - 404", false),
        ]
    )
    func notFound(_ body: String, isOfTheAPI: Bool) async throws {
        try await withSandbox { fixture in
            await fixture.sandbox.install(SandboxFault(.status(code: 404, body: body)))
            let error = try await failure {
                try await fixture.client().customerInventory(integrationId: "anna", sections: [.profile])
            }
            #expect(error.code == .notFound && error.isAnswerOfTheAPI == isOfTheAPI)
        }
    }

    @Test("a deletion may be answered with 200 and any body")
    func lenientDeletion() async throws {
        try await withSandbox { fixture in
            await fixture.sandbox.install(SandboxFault(.status(code: 200, body: "OK")))
            let answer = try await fixture.client().deleteCustomerData(integrationId: "anna")
            #expect(answer.status == 200 && answer.body == Data("OK".utf8))
        }
    }

    @Test("the deadline ends a call without an answer, and a call whose body is slow")
    func deadlines() async throws {
        try await withSandbox { fixture in
            let client = try fixture.client(deadline: .milliseconds(200))
            await fixture.sandbox.install(SandboxFault(.hang, match: .init(identifier: "hangs")))
            await fixture.sandbox.install(SandboxFault(.slowBody(millisecondsPerByte: 50)))
            let hung = try await failure { try await client.deleteCustomerData(integrationId: "hangs") }
            #expect(hung.code == .timedOut && hung.mayHaveActed)
            let slow = try await failure { try await client.reservedCustomers(couponValue: "AUTUMN10") }
            #expect(slow.code == .timedOut)
            let trickled = try await failure {
                try await client.updateCustomerProfile(integrationId: "a", NewCustomerProfile(attributes: [:]))
            }
            #expect(trickled.code == .timedOut && trickled.mayHaveActed)
        }
    }

    @Test("an endless or huge body is cut off at the limit, also the body of an error")
    func caps() async throws {
        try await withSandbox { fixture in
            let client = try fixture.client(bodyCap: 256 * 1024)
            await fixture.sandbox.install(SandboxFault(.endlessBody, count: 1))
            await fixture.sandbox.install(SandboxFault(.hugeBody(mebibytes: 8), count: 1))
            let body = String(repeating: "x", count: 200_000)
            await fixture.sandbox.install(SandboxFault(.status(code: 500, body: "{\"message\":\"\(body)\"}")))
            for _ in 0..<2 {
                let error = try await failure { try await client.customerInventory(integrationId: "a", sections: []) }
                #expect(error.code == .bodyTooLarge && error.status == 200)
            }
            let error = try await failure { try await client.customerInventory(integrationId: "a", sections: []) }
            #expect(error.code == .serverError)
        }
    }

    @Test("an answer of a million values is refused, before anything is made of it")
    func manyValues() async throws {
        try await withSandbox { fixture in
            let client = try fixture.client(bodyCap: 8 * 1024 * 1024)
            for (count, isRefused) in [(1_000_001, true), (900_000, false)] {
                let body = #"{"a":["# + String(repeating: "1,", count: count) + "1]}"
                await fixture.sandbox.clearFaults()
                await fixture.sandbox.install(SandboxFault(.status(code: 200, body: body)))
                guard isRefused else {
                    _ = try await client.customerInventory(integrationId: "a", sections: [])
                    continue
                }
                let error = try await failure { try await client.customerInventory(integrationId: "a", sections: []) }
                #expect(error.code == .bodyTooLarge && error.status == 200)
                #expect("\(error)".contains("more than 1,000,000 values") && "\(error)".contains("by hand"))
            }
        }
    }

    @Test("a body within the limit is returned")
    func fits() async throws {
        try await withSandbox { fixture in
            await fixture.sandbox.install(SandboxFault(.hugeBody(mebibytes: 3)))
            let client = try fixture.client(bodyCap: 4 * 1024 * 1024)
            #expect(try await client.customerInventory(integrationId: "a", sections: []).body.count > 3 << 20)
        }
    }

    @Test("a call cancelled while it waits may have been carried out; a call cancelled before is never sent")
    func cancellation() async throws {
        try await withSandbox { fixture in
            await fixture.sandbox.install(SandboxFault(.hang))
            let client = try fixture.client()
            let call = Task { try await failure { try await client.deleteCustomerData(integrationId: "anna") } }
            _ = try await fixture.sandbox.waitForRequest(matching: .init(identifier: "anna"))
            call.cancel()
            let during = try await call.value
            #expect(during.code == .cancelled && during.mayHaveActed)

            let never = Task {
                await withCheckedContinuation { continuation in
                    withUnsafeCurrentTask { $0?.cancel() }
                    continuation.resume()
                }
                return try await failure { try await client.deleteCustomerData(integrationId: "bert") }
            }
            let before = try await never.value
            #expect(before.code == .cancelled && !before.mayHaveActed)
            #expect(await fixture.lines().count == 1)
        }
    }

    @Test("cancelling while the body streams ends the call")
    func cancelledBody() async throws {
        try await withSandbox { fixture in
            await fixture.sandbox.install(SandboxFault(.slowBody(millisecondsPerByte: 1_000)))
            let client = try fixture.client()
            let call = Task { try await failure { try await client.reservedCustomers(couponValue: "AUTUMN10") } }
            _ = try await fixture.sandbox.waitForRequest(matching: .init(identifier: "AUTUMN10"))
            call.cancel()
            #expect(try await call.value.code == .cancelled)
        }
    }

    @Test("if no server listens or the host does not exist, nothing was sent")
    func unreachable() async throws {
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: TalonOneClient.httpClientConfiguration(connections: 1)
        )
        // Port 1 and not a free port: another test may have taken a free port by now.
        for url in ["http://127.0.0.1:1", "http://localhost:1", "https://host.invalid"] {
            let configuration = try TalonOneConfiguration(baseURL: url, authentication: .apiKey("k"))
            let client = TalonOneClient(configuration: configuration, http: http)
            let error = try await failure { try await client.deleteCustomerData(integrationId: "anna") }
            #expect(error.code == .connectionFailed && !error.mayHaveActed)
        }
        try await http.shutdown()
    }

    @Test("a rate limit has the time to wait, in both forms of the header")
    func throttling() async throws {
        var settings = SandboxSettings()
        settings.throttle = .init(requestsPerSecond: 0)
        try await withSandbox(settings) { fixture in
            let client = try fixture.client()
            let seconds = try await failure { try await client.deleteCustomerData(integrationId: "a") }
            #expect(seconds.code == .rateLimited && seconds.retryAfter == .seconds(1))
            settings.throttle = .init(requestsPerSecond: 0, retryAfter: .date)
            await fixture.sandbox.update(settings)
            let date = try await failure { try await client.deleteCustomerData(integrationId: "a") }
            guard case .date(let until) = date.retryAfter else { throw date }
            #expect(abs(until.timeIntervalSinceNow) < 10)
        }
    }

    @Test("a customer whom the shop re-creates after the deletion exists again")
    func reappearance() async throws {
        try await withSandbox { fixture in
            let client = try fixture.client()
            _ = try await client.updateCustomerProfile(integrationId: "a", NewCustomerProfile(attributes: ["x": 1]))
            await fixture.sandbox.install(SandboxFault(.reappear, count: 1))
            #expect(try await client.deleteCustomerData(integrationId: "a").status == 204)
            let inventory = try await client.customerInventory(integrationId: "a", sections: [.profile]).json()
            #expect(inventory["profile.attributes"] == ["Name": "Late Event"])
        }
    }
}
