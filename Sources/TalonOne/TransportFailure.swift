import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix

/// How a call ended that has no complete answer.
private enum TransportFailure {
    case cancelled, timedOut
    /// The host was not resolved or connected, or no connection was free: nothing was sent.
    case notConnected
    /// Any other failure. The request may have been sent.
    case connectionLost

    init(_ error: any Error) {
        switch error {
        case is CancellationError: self = .cancelled
        case is NIOConnectionError: self = .notConnected
        case let error as IOError:
            let codes = [ECONNREFUSED, EADDRNOTAVAIL, EMFILE, ENFILE]
            self = codes.contains(error.errnoCode) ? .notConnected : .connectionLost
        case let error as HTTPClientError:
            let beforeSending: [HTTPClientError] = [
                .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .alreadyShutdown, .invalidURL,
            ]
            if error == .cancelled {
                self = .cancelled
            } else if [.deadlineExceeded, .readTimeout, .writeTimeout].contains(error) {
                self = .timedOut
            } else {
                self = beforeSending.contains(error) ? .notConnected : .connectionLost
            }
        default: self = .connectionLost
        }
    }
}

extension TalonOneError {
    /// The error for a call without a complete answer.
    init(_ error: any Error, of operation: Operation) {
        switch TransportFailure(error) {
        case .cancelled:
            self.init(.cancelled, operation: operation, mayHaveActed: true)
        case .timedOut:
            self.init(.timedOut, operation: operation, mayHaveActed: true)
        case .notConnected:
            self.init(.connectionFailed, operation: operation, reason: "no connection could be established")
        case .connectionLost:
            self.init(
                .connectionFailed,
                operation: operation,
                mayHaveActed: true,
                reason: "the connection was lost before the answer was complete"
            )
        }
    }
}
