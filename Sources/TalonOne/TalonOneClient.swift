public import AsyncHTTPClient
import ExactJSON
import Foundation
import NIOCore
import NIOHTTP1

/// A client of Talon.One's Integration API. It has ten operations; each sends one request and never retries it.
///
/// Only the discovery of the dialect may send a second request, after the API has answered that the operation does not
/// exist in version 1. Copies of a client share the HTTP client and the discovered dialect.
public struct TalonOneClient: Sendable {
    /// The configuration of the client.
    public let configuration: TalonOneConfiguration
    let dialects = DialectCache()
    private let http: HTTPClient
    private let signature: ContentSignature?

    /// The limit for an error's body, which only tells whether the API itself answered.
    private static let errorBodyCap = 64 * 1024

    /// Creates a client.
    ///
    /// - Parameter http: An HTTP client with ``httpClientConfiguration(connections:)``. The caller shuts it down.
    public init(configuration: TalonOneConfiguration, http: HTTPClient) {
        self.configuration = configuration
        self.http = http
        signature =
            if case .applicationKey(let id, let key) = configuration.authentication {
                ContentSignature(id: id, hexadecimalKey: key)
            } else {
                nil
            }
    }

    /// The HTTP settings that this client's guarantees depend on.
    ///
    /// TLS is version 1.2 or later. Redirects would send the key to another host. Decompression would hide how much is read.
    /// A tracing span would record the URL, and with it the customer's identifier. With HTTP/1.1, `connections` limits the
    /// calls in flight.
    ///
    /// - Parameter connectTimeout: The longest time until a connection with TLS is there; no longer than a call may take.
    public static func httpClientConfiguration(
        connections: Int,
        connectTimeout: Duration = .seconds(10),
        transport: TalonOneTransport = .direct
    ) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(connectTimeout)),
            decompression: .disabled
        )
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, connections)
        // Load balancers commonly close an idle connection after 60 seconds; this side must close it first.
        configuration.connectionPool.idleTimeout = .seconds(50)
        // The caller decides whether to retry after a refused connection.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        configuration.tracing.tracer = nil
        configuration.http1_1ConnectionDebugInitializer = StatusGuard.install
        transport.apply(to: &configuration)
        return configuration
    }
}

extension TalonOneClient {
    /// Sends one request and reads its whole answer before the deadline.
    func send(_ request: APIRequest) async throws(TalonOneError) -> TalonOneAnswer {
        let operation = request.operation
        if Task.isCancelled {
            throw TalonOneError(.cancelled, operation: operation, reason: "the call was cancelled before it was sent")
        }
        // NIO's clock overflows on very large durations.
        let deadline = NIODeadline.now() + TimeAmount(min(configuration.deadline, .seconds(86_400)))
        let response: HTTPClientResponse
        do {
            response = try await http.execute(httpRequest(for: request), deadline: deadline)
        } catch {
            throw TalonOneError(error, of: operation, host: configuration.hostName)
        }

        let status = Int(response.status.code)
        guard operation.successes.contains(status) else {
            // The status decides, even if the body cannot be read.
            let cap = min(configuration.bodyCap, Self.errorBodyCap)
            let body =
                (try? await response.wholeBody(upTo: cap, until: deadline, on: http.eventLoopGroup.any())) ?? Data()
            throw TalonOneError(
                status: status,
                headers: response.headers,
                body: body,
                to: operation,
                authentication: configuration.authentication
            )
        }

        let body: Data
        do {
            body = try await response.wholeBody(
                upTo: configuration.bodyCap,
                until: deadline,
                on: http.eventLoopGroup.any()
            )
        } catch is NIOTooManyBytesError {
            throw TalonOneError(
                .bodyTooLarge,
                operation: operation,
                status: status,
                mayHaveActed: true,
                reason: "the answer exceeds the maximum size of \(configuration.bodyCap >> 20) MiB"
            )
        } catch {
            throw TalonOneError(error, of: operation, host: configuration.hostName)
        }
        if operation.promisesBody, status != 204 { try requireObject(body, operation, status) }
        return TalonOneAnswer(status: status, body: body, operation: operation)
    }

    /// The most values and names of an answer. A customer with ten thousand coupons has a quarter of it; an answer with
    /// more in the same number of bytes would take gigabytes to read.
    static let mostValues = 1_000_000

    private func requireObject(_ body: Data, _ operation: Operation, _ status: Int) throws(TalonOneError) {
        do {
            guard try RawJSON.parse(body, valueLimit: Self.mostValues).kind != .object else { return }
        } catch  where error.code == .tooManyValues {
            throw TalonOneError(
                .bodyTooLarge,
                operation: operation,
                status: status,
                mayHaveActed: true,
                reason: "the answer has more than 1,000,000 values",
                advice: "No setting raises this limit. Answer the request by hand."
            )
        } catch {
            // What is wrong with it is said once for all of them.
        }
        throw TalonOneError(.malformedBody, operation: operation, status: status, mayHaveActed: true)
    }

    private func httpRequest(for request: APIRequest) -> HTTPClientRequest {
        var body = request.body
        if signature != nil, configuration.emptyBodySignature == .emptyObject,
            request.operation == .deleteCustomerData
        {
            body = Data("{}".utf8)
        }
        var http = HTTPClientRequest(url: configuration.baseURL + request.path)
        http.method = HTTPMethod(rawValue: request.operation.method)
        http.headers.add(name: "Accept", value: "application/json")
        http.headers.add(name: "User-Agent", value: "dsr/\(configuration.userAgentVersion)")
        if case .apiKey(let key) = configuration.authentication {
            http.headers.add(name: "Authorization", value: "ApiKey-v1 \(key)")
        }
        if let signature, body != nil || configuration.emptyBodySignature != .omit {
            http.headers.add(name: "Content-Signature", value: signature.header(for: body ?? Data()))
        }
        if let body {
            http.headers.add(name: "Content-Type", value: "application/json")
            http.body = .bytes(ByteBuffer(bytes: body))
        }
        return http
    }
}
