import Foundation
import NIOHTTP1

extension TalonOneError {
    /// The error for an answer whose status is not a success of the operation.
    init(status: Int, headers: HTTPHeaders, body: Data, to operation: Operation, authentication: Authentication) {
        let explanation = ErrorBody(body)
        let code: Code =
            switch status {
            // The early API refuses a wrong Application key like this. As a mere rejection it would fail every request.
            case 400 where explanation.isSignatureMismatch: .unauthorized
            case 200..<300: .unexpectedStatus
            case 300..<400: .redirected
            case 401: .unauthorized
            case 403: .forbidden
            case 404: operation.hasDialects ? .operationMissing : .notFound
            case 405: .operationMissing
            case 409: .conflict
            case 429: .rateLimited
            case 400..<500: .rejected
            // RFC 9110, section 15: a status above 599 is invalid, and is processed like a server error.
            case 500...: .serverError
            default: .unexpectedStatus
            }
        let (reason, advice): (String?, String?) =
            switch code {
            case .unauthorized:
                ("the API refused the \(authentication)", "Check \(authentication.settings).")
            case .forbidden:
                (
                    "the API does not allow the operation with the \(authentication)",
                    "Check \(authentication.settings): Application, environment and permissions of the key."
                )
            case .notFound where operation.namesCoupon:
                ("not found: no such coupon, or this deployment lacks the operation", nil)
            default: (nil, nil)
            }
        self.init(
            code,
            operation: operation,
            status: status,
            retryAfter: headers.first(name: "Retry-After").flatMap(RetryAfter.init),
            mayHaveActed: !(400..<500).contains(status),
            reason: reason,
            advice: advice
        )
        self.isAnswerOfTheAPI = explanation.isOfTheAPI
    }
}

/// What the body of an error tells. It is the API's `ErrorResponse` or `ErrorResponseWithStatus`, another object, or a
/// proxy's text, and none of its words are kept.
private struct ErrorBody {
    /// The members of the object; empty if the body is not a JSON object.
    private let members: [String: JSONValue]

    init(_ body: Data) {
        guard case .object(let members) = try? JSONDecoder().decode(JSONValue.self, from: body) else {
            self.members = [:]
            return
        }
        self.members = members
    }

    /// Whether the object has a member of the API's error objects.
    var isOfTheAPI: Bool {
        members["message"] != nil || members["errors"] != nil || members["StatusCode"] != nil
    }

    var isSignatureMismatch: Bool {
        guard case .string(let message) = members["message"] else { return false }
        return message.lowercased().hasPrefix("hmac signature mismatch")
    }
}
