import AsyncHTTPClient
import Foundation
import NIOSSL
import TalonOne
import Testing

@Suite("TLS and proxies", .timeLimit(.minutes(5)))
struct TransportTests {
    /// Makes one call that changes state.
    private func call(
        _ url: String,
        caFile: String? = nil,
        environment: [String: String] = [:],
        allowPlaintext: Bool = false
    ) async throws {
        let configuration = try TalonOneConfiguration(
            baseURL: url,
            authentication: .apiKey("k"),
            deadline: .seconds(20),
            allowPlaintext: allowPlaintext
        )
        let transport = try TalonOneTransport(to: configuration, caFile: caFile, environment: environment)
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: TalonOneClient.httpClientConfiguration(connections: 1, transport: transport)
        )
        defer { http.shutdown { _ in } }
        _ = try await TalonOneClient(configuration: configuration, http: http).deleteCustomerData(integrationId: "anna")
    }

    /// The error of a call that never reached the API.
    private func neverConnected(
        _ url: String,
        caFile: String? = nil,
        environment: [String: String] = [:],
        allowPlaintext: Bool = false
    ) async throws -> String {
        let error = try await failure {
            try await call(url, caFile: caFile, environment: environment, allowPlaintext: allowPlaintext)
        }
        #expect(error.code == .connectionFailed && !error.mayHaveActed, "\(error)")
        return error.description
    }

    @Test("a private authority is trusted where the setting or a variable of OpenSSL names it")
    func authorities() async throws {
        let certificates = try TestCertificates()
        let server = try await TLSServer.start(certificates)
        let url = "https://localhost:\(server.port)"
        try await call(url, caFile: certificates.authority)
        try await call("https://127.0.0.1:\(server.port)", caFile: certificates.authority)
        try await call(url, environment: ["SSL_CERT_FILE": certificates.authority])
        let folder = certificates.folder + "/authorities"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: certificates.authority, toPath: folder + "/private.crt")
        try await call(url, environment: ["SSL_CERT_DIR": "/nonexistent:\(folder)"])
        // An empty variable is not set.
        let untrusted = try await neverConnected(url, environment: ["SSL_CERT_FILE": "", "SSL_CERT_DIR": ""])
        #expect(untrusted.contains("the certificate of localhost is not trusted: "))
        #expect(untrusted.contains("TALON_ONE_CA_FILE"))
        try await server.stop()
        certificates.remove()
    }

    @Test("a certificate for another host is not trusted")
    func otherHost() async throws {
        let certificates = try TestCertificates(names: "DNS:other.example")
        let server = try await TLSServer.start(certificates)
        let error = try await neverConnected("https://localhost:\(server.port)", caFile: certificates.authority)
        #expect(error.contains("the certificate of localhost is not trusted: it was issued for another host"))
        #expect(server.requestLines.isEmpty)
        try await server.stop()
        certificates.remove()
    }

    @Test("TLS before version 1.2 is not spoken", arguments: [TLSVersion.tlsv1, .tlsv11])
    func oldVersions(version: TLSVersion) async throws {
        let certificates = try TestCertificates()
        let server = try await TLSServer.start(certificates, maximum: version)
        let error = try await neverConnected("https://localhost:\(server.port)", caFile: certificates.authority)
        #expect(error.contains("TLS"))
        #expect(server.requestLines.isEmpty)
        try await server.stop()
        certificates.remove()
    }

    @Test("a host without TLS is named, and so is a TLS host that is called without it")
    func withoutTLS() async throws {
        let plain = try await TLSServer.start(nil)
        let error = try await neverConnected("https://localhost:\(plain.port)")
        #expect(error.contains("localhost does not speak TLS"))
        try await plain.stop()

        let certificates = try TestCertificates()
        let secure = try await TLSServer.start(certificates)
        let reverse = try await failure { try await call("http://localhost:\(secure.port)") }
        #expect(reverse.code == .connectionFailed)
        #expect(secure.requestLines.isEmpty)
        try await secure.stop()
        certificates.remove()
    }

    @Test("the proxy of the environment is used, and NO_PROXY names hosts that are reached without it")
    func proxies() async throws {
        let proxy = try await TLSServer.start(nil)
        let address = "127.0.0.1:\(proxy.port)"
        for variables in [
            ["HTTPS_PROXY": "http://\(address)"], ["https_proxy": address], ["ALL_PROXY": "http://\(address)"],
            ["HTTPS_PROXY": "http://127.0.0.1:1", "https_proxy": "http://\(address)"],
        ] {
            // The proxy says 200 and then speaks no TLS.
            let error = try await neverConnected("https://host.invalid", environment: variables)
            #expect(error.contains("host.invalid"), "\(error)")
        }
        #expect(proxy.requestLines.filter { $0 == "CONNECT host.invalid:443 HTTP/1.1" }.count == 4)
        for list in ["*", "host.invalid", ".invalid", "invalid", "a, host.invalid:443", "*.invalid"] {
            let direct = ["HTTPS_PROXY": "http://\(address)", "NO_PROXY": list]
            let error = try await neverConnected("https://host.invalid", environment: direct)
            #expect(error.contains("the host name of host.invalid cannot be resolved"))
        }
        let network = ["https_proxy": address, "no_proxy": "127.0.0.2/32,other.invalid,host.invalid:80,st.invalid"]
        _ = try await neverConnected("https://host.invalid", environment: network)
        #expect(proxy.requestLines.filter { $0.hasPrefix("CONNECT") }.count == 5)
        let refused = try await neverConnected(
            "https://host.invalid",
            environment: ["https_proxy": "http://127.0.0.1:1"]
        )
        #expect(refused.contains("no connection to the proxy 127.0.0.1, port 1, could be established"))
        // Without TLS the server behind the proxy, which is the proxy itself here, answers.
        try await call("http://host.invalid", environment: ["http_proxy": address], allowPlaintext: true)
        #expect(proxy.requestLines.contains("CONNECT host.invalid:80 HTTP/1.1"))
        try await proxy.stop()
    }

    @Test("a loopback host is never reached through a proxy")
    func loopback() async throws {
        try await withSandbox { fixture in
            let client = try fixture.client()
            let transport = try TalonOneTransport(
                to: client.configuration,
                caFile: nil,
                environment: ["HTTP_PROXY": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1"]
            )
            let settings = TalonOneClient.httpClientConfiguration(connections: 1, transport: transport)
            #expect(settings.proxy == nil)
        }
    }

    @Test(
        "a variable or file that cannot be used is an error of the configuration, and its value is not shown",
        arguments: [
            ["HTTPS_PROXY": "https://u:swordfish@proxy.example.com"], ["https_proxy": "ftp://swordfish"],
            ["ALL_PROXY": "socks5://u:swordfish@h"], ["HTTPS_PROXY": "http://u:sword fish@h"],
            ["HTTPS_PROXY": "http://:swordfish"], ["SSL_CERT_FILE": "/nonexistent/swordfish"],
            ["SSL_CERT_DIR": "/nonexistent/swordfish"], ["SSL_CERT_FILE": "/dev/null"],
        ]
    )
    func unusable(environment: [String: String]) throws {
        let configuration = try TalonOneConfiguration(baseURL: "https://x.talon.one", authentication: .apiKey("k"))
        let error = try #require(throws: TalonOneError.self) {
            try TalonOneTransport(to: configuration, caFile: nil, environment: environment)
        }
        #expect(error.code == .invalidConfiguration)
        #expect(try "\(error)".contains(#require(environment.keys.first)))
        #expect(!"\(error)".contains("swordfish"))
    }

    @Test("plain http to another host has to be allowed")
    func plaintext() throws {
        let error = try #require(throws: TalonOneError.self) {
            try TalonOneConfiguration(baseURL: "http://talon.example", authentication: .apiKey("k"))
        }
        #expect(error.description.contains("talonOne.allowPlaintext"))
        let url = "http://talon.example"
        #expect(
            try TalonOneConfiguration(baseURL: url, authentication: .apiKey("k"), allowPlaintext: true).baseURL == url
        )
    }
}
