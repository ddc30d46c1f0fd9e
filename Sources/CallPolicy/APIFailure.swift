/// How a call failed, as far as the next step depends on it.
public enum APIFailure: Sendable, Hashable {
    /// The API answered with a status that does not mean success.
    case status(Int, retryAfter: Duration?)
    /// No answer came before the call's timeout.
    case timedOut
    /// The connection was refused, lost, or never established.
    case noConnection
    /// The answer cannot be read: it is not UTF-8, not JSON, or incomplete.
    case unreadable
    /// The answer's body is larger than the cap.
    case tooLarge
    /// The call was never sent: a value it needs cannot be put into a URL.
    case impossible
    /// The call was cancelled because the run is shutting down.
    case cancelled

    /// What the failure says about the API, the credentials, and the request.
    public var kind: Kind {
        switch self {
        case .status(401, _), .status(403, _): .credentials
        case .status(404, _): .absent
        case .status(408, _), .status(425, _), .status(429, _), .timedOut, .noConnection: .outage
        // RFC 9110, section 15: a status above 599 is processed like a server error.
        case .status(let status, _) where status >= 500: .outage
        case .status(409, _), .unreadable: .trouble
        case .status, .tooLarge, .impossible: .rejection
        case .cancelled: .stopped
        }
    }

    /// The classes of failures.
    public enum Kind: Sendable, Hashable {
        /// 401 or 403: the credentials are refused. Every other call would fail too, so the run stops.
        case credentials
        /// 404.
        case absent
        /// The API is slow, busy, broken or unreachable. This says nothing about the request.
        case outage
        /// Something is wrong with this request or its answer; a retry may help.
        case trouble
        /// A retry will not help.
        case rejection
        /// Nothing is wrong; the run is shutting down.
        case stopped
    }
}
