public import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Talon.One's Integration API: ten operations, each one HTTP call, none of them ever repeated by this type.
///
/// Copies share the HTTP client and what was found out about the deployment's dialect.
public struct TalonOneClient: Sendable {
    /// The configuration the client was made with.
    public let configuration: TalonOneConfiguration
    let memory = DialectMemory()
    private let http: HTTPClient
    private let signature: ContentSignature?

    /// An error's body is read for its message only, so a little of it is enough.
    private static let errorBodyCap = 64 * 1024

    /// - Parameter http: made with ``httpClientConfiguration(connections:)``, and shut down by whoever made it.
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

    /// The settings that the guarantees of this client rest on.
    ///
    /// Redirects would carry the key elsewhere; decompression would hide how much is read; a tracing span would hold
    /// the URL, and so the customer's identifier; HTTP/1.1 makes `connections` the number of calls in flight.
    public static func httpClientConfiguration(connections: Int) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10)),
            decompression: .disabled
        )
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, connections)
        // Below the 60 seconds after which load balancers commonly hang up, so that it is this side that does.
        configuration.connectionPool.idleTimeout = .seconds(50)
        // A refused connection is an answer for the caller, who decides when to try again.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        configuration.tracing.tracer = nil
        return configuration
    }
}

extension TalonOneClient {
    /// Sends one call and reads its whole answer within the deadline.
    func send(_ call: Call) async throws(TalonOneError) -> TalonOneAnswer {
        let operation = call.operation
        if Task.isCancelled {
            throw TalonOneError(.cancelled, operation: operation, reason: "The call was cancelled before it was sent.")
        }
        // A day is for ever to a call, and safe to add to a clock.
        let deadline = NIODeadline.now() + TimeAmount(min(configuration.deadline, .seconds(86_400)))
        let response: HTTPClientResponse
        do {
            response = try await http.execute(request(for: call), deadline: deadline)
        } catch {
            throw TalonOneError(error, of: operation)
        }

        let status = Int(response.status.code)
        guard operation.successes.contains(status) else {
            // The status is the answer, whether or not its explanation can be read.
            let cap = min(configuration.bodyCap, Self.errorBodyCap)
            let body =
                (try? await response.wholeBody(upTo: cap, until: deadline, on: http.eventLoopGroup.any())) ?? Data()
            throw TalonOneError(
                status: status,
                headers: response.headers,
                body: body,
                of: operation,
                redaction: Redaction(values: call.values())
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
            throw TalonOneError(.bodyTooLarge, operation: operation, status: status, mayHaveActed: true)
        } catch {
            throw TalonOneError(error, of: operation)
        }
        let mustBeReadable = operation.promisesBody && status != 204
        guard !mustBeReadable || JSONObjectShape.isReadable(body) else {
            throw TalonOneError(
                .malformedBody,
                operation: operation,
                status: status,
                mayHaveActed: true,
                reason: "The answer is not a JSON object in UTF-8."
            )
        }
        return TalonOneAnswer(status: status, body: body, operation: operation)
    }

    private func request(for call: Call) -> HTTPClientRequest {
        var body = call.body
        if signature != nil, configuration.emptyBodySignature == .emptyObject, call.operation == .deleteCustomerData {
            body = Data("{}".utf8)
        }
        var request = HTTPClientRequest(url: configuration.baseURL + call.path)
        request.method = HTTPMethod(rawValue: call.operation.method)
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "dsr/\(configuration.userAgentVersion)")
        if case .apiKey(let key) = configuration.authentication {
            request.headers.add(name: "Authorization", value: "ApiKey-v1 \(key)")
        }
        if let signature, body != nil || configuration.emptyBodySignature != .omit {
            request.headers.add(name: "Content-Signature", value: signature.header(for: body ?? Data()))
        }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        return request
    }
}
