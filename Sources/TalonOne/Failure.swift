import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

extension TalonOneError {
    /// An answer that is not one of the operation's successes.
    init(status: Int, headers: HTTPHeaders, body: Data, of operation: Operation, redaction: Redaction) {
        let code: Code =
            switch status {
            // How the early API refuses a wrong Application key; everything else would be burnt on it.
            case 400 where ErrorBody.isSignatureMismatch(body): .unauthorized
            case 200..<300: .unexpectedStatus
            case 300..<400: .redirected
            case 401: .unauthorized
            case 403: .forbidden
            case 404: operation.hasDialects ? .operationMissing : .notFound
            case 405: .operationMissing
            case 409: .conflict
            case 429: .rateLimited
            case 400..<500: .rejected
            case 500..<600: .serverError
            default: .unexpectedStatus
            }
        self.init(
            code,
            operation: operation,
            status: status,
            retryAfter: headers.first(name: "Retry-After").flatMap(RetryAfter.init),
            apiMessage: ErrorBody.message(in: body, redaction: redaction),
            mayHaveActed: !(400..<500).contains(status)
        )
        self.isAnswerOfTheAPI = ErrorBody.isOfTheAPI(body)
    }

    /// A call that ended without an answer.
    init(_ error: any Error, of operation: Operation) {
        switch Ending(of: error) {
        case .cancelled:
            self.init(.cancelled, operation: operation, mayHaveActed: true)
        case .timedOut:
            self.init(.timedOut, operation: operation, mayHaveActed: true)
        case .neverConnected:
            self.init(.connectionFailed, operation: operation, reason: "No connection could be made.")
        case .lost:
            self.init(
                .connectionFailed,
                operation: operation,
                mayHaveActed: true,
                reason: "The connection was lost before the whole answer had come."
            )
        }
    }
}

/// How a call ended that brought no answer.
private enum Ending {
    case cancelled, timedOut
    /// Raised only while a host is looked up, connected to, or a connection waited for: nothing was sent.
    case neverConnected
    /// Everything else, because it may have happened after the request was sent.
    case lost

    init(of error: any Error) {
        switch error {
        case is CancellationError: self = .cancelled
        case is NIOConnectionError: self = .neverConnected
        case let error as IOError:
            let codes = [ECONNREFUSED, EADDRNOTAVAIL, EMFILE, ENFILE]
            self = codes.contains(error.errnoCode) ? .neverConnected : .lost
        case let error as HTTPClientError:
            let beforeSending: [HTTPClientError] = [
                .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .alreadyShutdown, .invalidURL,
            ]
            if error == .cancelled {
                self = .cancelled
            } else if [.deadlineExceeded, .readTimeout, .writeTimeout].contains(error) {
                self = .timedOut
            } else {
                self = beforeSending.contains(error) ? .neverConnected : .lost
            }
        default: self = .lost
        }
    }
}

/// What the API says about a refusal: `ErrorResponse`, `ErrorResponseWithStatus`, a free-form object, or what a proxy
/// wrote.
private enum ErrorBody {
    static func isOfTheAPI(_ body: Data) -> Bool {
        guard case .object(let error) = try? JSONDecoder().decode(JSONValue.self, from: body) else { return false }
        return error["message"] != nil || error["errors"] != nil || error["StatusCode"] != nil
    }

    static func isSignatureMismatch(_ body: Data) -> Bool {
        guard case .object(let error) = try? JSONDecoder().decode(JSONValue.self, from: body),
            case .string(let message) = error["message"]
        else { return false }
        return message.lowercased().hasPrefix("hmac signature mismatch")
    }

    static func message(in body: Data, redaction: Redaction) -> String? {
        guard case .object(let error) = try? JSONDecoder().decode(JSONValue.self, from: body) else { return nil }
        var parts = [error["message"]]
        if case .array(let details) = error["errors"] {
            for case .object(let detail) in details.prefix(5) { parts += [detail["title"], detail["details"]] }
        }
        let texts = parts.compactMap { part -> String? in
            guard case .string(let text) = part else { return nil }
            return redaction(text)
        }
        return texts.isEmpty ? nil : String(texts.joined(separator: "; ").prefix(Redaction.limit))
    }
}
