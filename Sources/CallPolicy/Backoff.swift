/// Waits that double from a base up to a cap, with jitter, so that many who failed together do not come back together.
public struct Backoff: Sendable, Hashable {
    /// The longest first wait, and the longest of all.
    public var base: Duration, cap: Duration

    /// Waits from a base up to a cap.
    public init(base: Duration, cap: Duration) {
        self.base = base
        self.cap = cap
    }

    /// How long to wait before the next try: from a tenth of the step's longest wait to the whole of it.
    ///
    /// - Parameters:
    ///   - step: Tries that have failed in a row, at least 1.
    ///   - draw: A random number from 0 to 1.
    public func wait(step: Int, draw: Double) -> Duration {
        min(base * (1 << min(max(step, 1) - 1, 16)), cap) * min(max(draw, 0.1), 1)
    }
}
