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
            case .notFound where !explanation.isOfTheAPI(with: status):
                (
                    "an answer in another form than Talon.One's, for example from a gateway or a proxy; it says nothing about "
                        + "the customer",
                    "Check TALON_ONE_BASE_URL."
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
        self.isAnswerOfTheAPI = explanation.isOfTheAPI(with: status)
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

    /// Whether this is the API's own `ErrorResponseWithStatus`: a message, the answer's status in `StatusCode`, and nothing
    /// that the API does not document. Gateways and proxies answer with a `message` too; none of them repeats the status
    /// under that name.
    func isOfTheAPI(with status: Int) -> Bool {
        guard case .string(let message) = members["message"], !message.isEmpty,
            case .number(let repeated) = members["StatusCode"], repeated == Decimal(status),
            Self.members.isSuperset(of: members.keys)
        else { return false }
        switch members["errors"] {
        case nil, .null: return true
        case .array(let details): return details.allSatisfy { if case .object = $0 { true } else { false } }
        default: return false
        }
    }

    /// The members of `ErrorResponseWithStatus`, and the one that the API's edge adds.
    private static let members: Set = ["message", "errors", "StatusCode", "RequestUUID"]

    var isSignatureMismatch: Bool {
        guard case .string(let message) = members["message"] else { return false }
        return message.lowercased().hasPrefix("hmac signature mismatch")
    }
}
