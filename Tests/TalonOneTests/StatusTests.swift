import AsyncHTTPClient
import TalonOne
import Testing

@Suite("HTTP statuses that no server should send", .timeLimit(.minutes(5)))
struct StatusTests {
    /// The error of a deletion that is answered with these bytes.
    private func deletion(answered answer: String) async throws -> TalonOneError {
        let server = try await TLSServer.start(answering: answer)
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: TalonOneClient.httpClientConfiguration(connections: 1)
        )
        let configuration = try TalonOneConfiguration(
            baseURL: "http://127.0.0.1:\(server.port)",
            authentication: .apiKey("k"),
            deadline: .seconds(5)
        )
        let client = TalonOneClient(configuration: configuration, http: http)
        let error = try await failure { try await client.deleteCustomerData(integrationId: "a") }
        try await http.shutdown()
        try await server.stop()
        return error
    }

    @Test(
        "a status under 100 and an upgrade nobody asked for are malformed answers",
        arguments: ["000", "001", "042", "099", "101"],
        [
            "Content-Length: 2\r\n\r\n{}", "Content-Length: 0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Connection: upgrade\r\nUpgrade: h2c\r\n\r\n", "Connection: close\r\n\r\n",
        ]
    )
    func malformed(status: String, rest: String) async throws {
        let error = try await deletion(answered: "HTTP/1.1 \(status) Secret\r\n\(rest)")
        #expect(error.code == .malformedBody && error.mayHaveActed)
        #expect("\(error)".contains("the answer has an invalid HTTP status"))
    }

    @Test("a status above 599 is a failure of the server", arguments: ["600", "700", "999"])
    func above(status: String) async throws {
        let error = try await deletion(answered: "HTTP/1.1 \(status) Secret\r\nContent-Length: 0\r\n\r\n")
        #expect(error.code == .serverError && error.mayHaveActed)
    }

    @Test("interim answers come before the answer, and are limited")
    func interim() async throws {
        let answer = "HTTP/1.1 418 Secret\r\nContent-Length: 0\r\n\r\n"
        for status in ["100", "102", "103", "199"] {
            let interim = String(repeating: "HTTP/1.1 \(status) Secret\r\n\r\n", count: 20)
            #expect(try await deletion(answered: interim + answer).code == .rejected)
        }
        let flood = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 5_000)
        let error = try await deletion(answered: flood + answer)
        #expect(error.code == .malformedBody && error.mayHaveActed)
        #expect("\(error)".contains("more than 100 interim answers"))
    }

    @Test("what comes after an answer is not the answer to the next request")
    func unsolicited() async throws {
        let answer = "HTTP/1.1 418 A\r\nContent-Length: 0\r\n\r\n"
        for extra in [
            "HTTP/1.1 000 B\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 100 B\r\n\r\n", answer, "garbage\r\n\r\n",
        ] {
            #expect(try await deletion(answered: answer + extra).code == .rejected)
        }
    }
}
