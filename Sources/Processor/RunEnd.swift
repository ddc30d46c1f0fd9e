/// Why a run ended.
public enum RunEnd: Sendable, Hashable {
    /// There was nothing left to do.
    case done
    /// It was asked to stop.
    case stopped
    /// The time until which it was to work had come.
    case timeIsUp
    /// It had begun as many requests as it was to.
    case limitReached
    /// The API refused the credentials.
    case credentialsRefused
    /// The API did not answer any more.
    case apiUnavailable
    /// Its lease had passed, and other runs may have taken over.
    case leaseLost

    /// For the run's row and report.
    public var sentence: String {
        switch self {
        case .done: "done"
        case .stopped: "stopped by a signal"
        case .timeIsUp: "its time was up"
        case .limitReached: "it had begun as many requests as it was to"
        case .credentialsRefused: "the API refused the credentials"
        case .apiUnavailable: "the API did not answer any more"
        case .leaseLost: "the lease had passed"
        }
    }
}
