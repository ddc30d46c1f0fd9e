import Postgres

/// The result of a rescue.
public struct Rescue: Sendable, Hashable {
    /// Requests that went back to the queue, and requests that were set aside as failed.
    public let returned: Int, setAside: Int
    /// Whether the run itself still holds its lease. Where it does not, nothing was rescued.
    public let holdsLease: Bool

    /// A result.
    public init(returned: Int, setAside: Int, holdsLease: Bool) {
        self.returned = returned
        self.setAside = setAside
        self.holdsLease = holdsLease
    }
}

extension Store {
    /// Crashed runs after which a request is set aside.
    public static let crashesAllowed = 3

    /// Returns to the queue what crashed runs held, and ends those runs. A request that ``crashesAllowed`` runs crashed
    /// with is set aside as failed, because it may be what crashes them.
    ///
    /// A run never rescues itself. Once its own lease has expired, it rescues nothing.
    public func rescue(run: Int64) async throws -> Rescue {
        try await row(RescueStatements.rescue, [run, Self.crashesAllowed]) { row in
            Rescue(
                returned: try row.decode("returned"),
                setAside: try row.decode("set_aside"),
                holdsLease: try row.decode("holds_lease")
            )
        }
    }
}

private enum RescueStatements {
    static let rescue = Statement("rescue requests", "select * from dsr.rescue($1, $2::int)")
}
