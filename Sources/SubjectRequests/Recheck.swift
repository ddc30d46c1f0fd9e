/// A second look at an erased customer some time after the erasure.
public struct Recheck: Sendable, Hashable {
    /// When it is due, and how long the identifier may be kept for it, both counted from the erasure.
    public var dueAfter: Duration, keptFor: Duration

    /// A recheck after some time.
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
