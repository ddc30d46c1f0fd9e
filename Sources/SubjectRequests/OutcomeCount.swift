/// How many requests of one right ended in one way.
public struct OutcomeCount: Sendable, Hashable {
    /// The right; `nil` for a row that names none.
    public let right: Right?
    /// The outcome of a completed request, or the state `refused`, `failed` or `cancelled`.
    public let code: String
    /// How many requests.
    public let count: Int

    /// Collects a count; nothing is checked.
    public init(right: Right?, code: String, count: Int) {
        self.right = right
        self.code = code
        self.count = count
    }

    /// The code of the right: `unknown` where the row names none.
    public var rightCode: String { right?.rawValue ?? "unknown" }
}
