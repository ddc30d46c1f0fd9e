/// A check, some time after an erasure, whether the customer exists in Talon.One again.
public struct Recheck: Sendable, Hashable {
    /// When it is due, and how long the identifier may be kept for it, both counted from the erasure.
    public var dueAfter: Duration, keptFor: Duration

    /// A recheck, and the time for which the identifier is kept.
    public init(dueAfter: Duration, keptFor: Duration) {
        self.dueAfter = dueAfter
        self.keptFor = keptFor
    }

    /// What a recheck found.
    public enum Finding: Sendable, Hashable {
        /// The customer is still unknown.
        case absent
        /// The customer exists again: sections and kinds of data, never values.
        case reappeared([String])
    }
}
