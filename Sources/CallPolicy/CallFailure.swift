/// How a call went wrong, as far as what to do next depends on it.
public enum CallFailure: Sendable, Hashable {
    /// The API answered with a status other than the one that means success.
    case status(Int, retryAfter: Duration?)
    /// No answer within the call's deadline.
    case timedOut
    /// The connection was refused, lost, or never came to be.
    case noConnection
    /// An answer came that cannot be read: not UTF-8, not JSON, cut off.
    case unreadable
    /// The answer's body is larger than the cap.
    case tooLarge
    /// The call was never made: what it needs cannot be put into a URL.
    case impossible
    /// The run is being stopped.
    case cancelled

    /// What the failure says about the API, the credentials, and the request.
    public var kind: Kind {
        switch self {
        case .status(401, _), .status(403, _): .credentials
        case .status(404, _): .absent
        case .status(408, _), .status(425, _), .status(429, _), .timedOut, .noConnection: .outage
        case .status(let status, _) where (500...599).contains(status): .outage
        case .status(409, _), .unreadable: .trouble
        case .status, .tooLarge, .impossible: .rejection
        case .cancelled: .stopped
        }
    }

    /// The classes of failures.
    public enum Kind: Sendable, Hashable {
        /// 401, 403: every other call will fare the same. The run stops.
        case credentials
        /// 404.
        case absent
        /// The API is slow, busy, broken or unreachable. Says nothing about this request.
        case outage
        /// Something is wrong with this request or its answer, and may pass.
        case trouble
        /// Asking again will not help.
        case rejection
        /// Nothing is wrong; the run ends.
        case stopped
    }
}
