import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// How a call ended that has no complete answer.
private enum TransportFailure {
    case cancelled, timedOut
    /// The host was not resolved or connected, TLS was not established, or no connection was free: nothing was sent.
    case notConnected(String, advice: String? = nil)
    /// Any other failure. The request may have been sent.
    case connectionLost(String, advice: String? = nil)
    /// An answer came that is not one of HTTP.
    case malformed(String)

    private static let connectionLost = connectionLost("the connection was lost before the answer was complete")

    init(_ error: any Error, host: String) {
        switch error {
        case is CancellationError: self = .cancelled
        case let error as NIOConnectionError: self.init(error, host: host)
        case let error as IOError:
            let codes = [ECONNREFUSED, EADDRNOTAVAIL, EMFILE, ENFILE]
            self = codes.contains(error.errnoCode) ? Self.notConnected(to: host) : Self.connectionLost
        case NIOSSLError.handshakeFailed(let error): self = Self.handshake(error, host: host)
        case is NIOSSLExtraError:
            self = .notConnected("the certificate of \(host) is not trusted: it was issued for another host")
        case let error as StatusGuard.Refusal: self = .malformed("\(error)")
        case HTTPParserError.invalidEOFState: self = Self.connectionLost
        case is HTTPParserError:
            self = .connectionLost(
                "\(host) does not answer in HTTP",
                advice: "Check TALON_ONE_BASE_URL; a host that speaks TLS needs https://."
            )
        case let error as HTTPClientError: self.init(error, host: host)
        default: self = Self.connectionLost
        }
    }

    private init(_ error: HTTPClientError, host: String) {
        switch error {
        case .cancelled: self = .cancelled
        case .deadlineExceeded, .readTimeout, .writeTimeout: self = .timedOut
        case .tlsHandshakeTimeout:
            self = .notConnected("\(host) did not finish the TLS handshake in time")
        case .proxyAuthenticationRequired:
            self = .notConnected(
                "the proxy asks for a user and a password",
                advice: "Set them in the proxy variable: http://user:password@host:port."
            )
        case .invalidProxyResponse, .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
            self = .notConnected(
                "the proxy did not connect to \(host)",
                advice: Self.proxyAdvice
            )
        case .connectTimeout, .getConnectionFromPoolTimeout, .alreadyShutdown, .invalidURL:
            self = Self.notConnected(to: host)
        default: self = Self.connectionLost
        }
    }

    private init(_ error: NIOConnectionError, host: String) {
        let isProxy = error.host != host
        let reached = (isProxy ? "the proxy " : "") + error.host
        let reason =
            error.connectionErrors.isEmpty
            ? "the host name of \(reached) cannot be resolved"
            : "no connection to \(reached), port \(error.port), could be established"
        self = .notConnected(reason, advice: isProxy ? Self.proxyAdvice : nil)
    }

    private static let proxyAdvice = "Check HTTPS_PROXY; NO_PROXY names hosts that are reached without it."

    private static func notConnected(to host: String) -> Self {
        .notConnected("no connection to \(host) could be established")
    }

    /// A TLS handshake that failed. BoringSSL tells why by the names of its errors only.
    private static func handshake(_ error: BoringSSLError, host: String) -> Self {
        let names = "\(error)"
        if names.contains("CERTIFICATE_VERIFY_FAILED") {
            return .notConnected(
                "the certificate of \(host) is not trusted: it has expired, or its authority is not known on this machine",
                advice: "For a private authority, set TALON_ONE_CA_FILE to its certificate."
            )
        }
        if ["UNSUPPORTED_PROTOCOL", "ALERT_PROTOCOL_VERSION"].contains(where: names.contains) {
            return .notConnected("\(host) does not offer TLS 1.2 or later, and older versions are not used")
        }
        if ["WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST"].contains(where: names.contains) {
            return .notConnected("\(host) does not speak TLS")
        }
        if names.contains("EOF during handshake") {
            return .notConnected("\(host) does not speak TLS, or closed the connection during the handshake")
        }
        return .notConnected("the TLS handshake with \(host) failed")
    }
}

extension TalonOneError {
    /// The error for a call without a complete answer.
    init(_ error: any Error, of operation: Operation, host: String) {
        switch TransportFailure(error, host: host) {
        case .cancelled:
            self.init(.cancelled, operation: operation, mayHaveActed: true)
        case .timedOut:
            self.init(.timedOut, operation: operation, mayHaveActed: true)
        case .notConnected(let reason, let advice):
            self.init(.connectionFailed, operation: operation, reason: reason, advice: advice)
        case .malformed(let reason):
            self.init(.malformedBody, operation: operation, mayHaveActed: true, reason: reason)
        case .connectionLost(let reason, let advice):
            self.init(.connectionFailed, operation: operation, mayHaveActed: true, reason: reason, advice: advice)
        }
    }
}
