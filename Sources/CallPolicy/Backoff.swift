/// Waits that double from a base up to a cap, with jitter, so that callers that failed together do not retry together.
public struct Backoff: Sendable, Hashable {
    /// The longest first wait, and the longest wait of all.
    public var base: Duration, cap: Duration

    /// Waits from a base up to a cap.
    public init(base: Duration, cap: Duration) {
        self.base = base
        self.cap = cap
    }

    /// The wait before the next try: between a tenth of the step's longest wait and the whole of it.
    ///
    /// - Parameters:
    ///   - step: Tries that have failed in a row, at least 1.
    ///   - jitter: A random number from 0 to 1.
    public func wait(step: Int, jitter: Double) -> Duration {
        min(base * (1 << min(max(step, 1) - 1, 16)), cap) * min(max(jitter, 0.1), 1)
    }
}
