/// The requests that a run processes.
public enum Scope: Sendable, Hashable {
    /// The whole queue.
    case all
    /// One request, for an operator who waits for it.
    case only(Int64)
    /// Erasures that are repeated after Talon.One was restored from a backup.
    case replays

    /// The only request of the scope; `nil` where there may be several.
    public var request: Int64? {
        switch self {
        case .all, .replays: nil
        case .only(let request): request
        }
    }
}
