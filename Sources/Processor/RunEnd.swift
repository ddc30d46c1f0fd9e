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
    /// The API was unavailable for too long; for how long, and its last answer.
    case apiUnavailable(String)
    /// The lease expired, so other runs may have taken over.
    case leaseLost

    /// One sentence without a full stop, for the run's row and report.
    public var sentence: String {
        switch self {
        case .done: "done"
        case .stopped: "stopped by a signal"
        case .timeLimitReached: "time limit reached"
        case .requestLimitReached: "request limit reached"
        case .credentialsRefused(let how): "credentials refused: \(how)"
        case .wrongEnvironment(let how): how
        case .apiUnavailable(let how): how
        case .leaseLost: "lease lost"
        }
    }
}
