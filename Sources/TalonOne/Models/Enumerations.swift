/// The state of a session. Unknown states are kept as they come.
public struct SessionState: RawRepresentable, Codable, Sendable, Hashable {
    /// The API's word.
    public let rawValue: String
    /// Takes any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// May still change.
    public static let open = SessionState(rawValue: "open")
    /// Completed: the sale counts.
    public static let closed = SessionState(rawValue: "closed")
    /// Abandoned or taken back.
    public static let cancelled = SessionState(rawValue: "cancelled")
}

/// The state of a customer in an achievement. Unknown states are kept as they come.
public struct AchievementStatus: RawRepresentable, Codable, Sendable, Hashable {
    /// The API's word.
    public let rawValue: String
    /// Takes any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Nothing was counted yet.
    public static let notStarted = AchievementStatus(rawValue: "not_started")
    /// Something was counted.
    public static let inProgress = AchievementStatus(rawValue: "inprogress")
    /// The target was reached.
    public static let completed = AchievementStatus(rawValue: "completed")
    /// The time is over.
    public static let expired = AchievementStatus(rawValue: "expired")
}
