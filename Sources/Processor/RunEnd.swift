/// Why a run ended.
public enum RunEnd: Sendable, Hashable {
    /// Nothing was left to do.
    case done
    /// A signal requested the shutdown.
    case stopped
    /// The time limit was reached.
    case timeLimitReached
    /// The request limit was reached.
    case requestLimitReached
    /// The API refused the credentials; which of them, and how.
    case credentialsRefused(String)
    /// The API answered with a profile of the other environment.
    case wrongEnvironment(String)
    /// The API does not know the customer who must be known before anything is claimed.
    case canaryUnknown
    /// The API was unavailable for too long; for how long, and its last answer.
    case apiUnavailable(String)
    /// The database did not answer a request's statement for too long; its last error.
    case databaseUnavailable(String)
    /// The lease expired, so other runs may have taken over.
    case leaseLost

    /// One sentence without a full stop, for the run's row and report.
    public var sentence: String {
        switch self {
        case .done: "done"
        case .stopped: "stopped by a signal"
        case .timeLimitReached: "time limit reached"
        case .requestLimitReached: "request limit reached"
        case .credentialsRefused(let how): "credentials refused: \(Self.withoutFullStop(how))"
        case .wrongEnvironment(let how): Self.withoutFullStop(how)
        case .canaryUnknown:
            "the canary customer is unknown to Talon.One: the base URL or the credentials belong to another environment or "
                + "account, or that customer was deleted"
        case .apiUnavailable(let how): Self.withoutFullStop(how)
        case .databaseUnavailable(let how): "the database was unavailable for too long: \(Self.withoutFullStop(how))"
        case .leaseLost: "lease lost"
        }
    }

    /// Errors of the API end with a full stop, others do not.
    private static func withoutFullStop(_ text: String) -> String {
        text.last == "." ? String(text.dropLast()) : text
    }
}

extension RunEnd {
    /// What to do where the canary customer is unknown.
    public static let canaryAdvice =
        "Correct TALON_ONE_BASE_URL or the credentials, or name another customer in TALON_ONE_CANARY_CUSTOMER."
}
