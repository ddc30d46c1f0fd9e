/// Counts of the queue at one instant.
public struct QueueSnapshot: Sendable, Hashable {
    /// Rows in the queue, whatever their state.
    public var total = 0
    /// Rows that are completed, refused, cancelled or failed.
    public var closed = 0
    /// Waiting rows by gate.
    public var waiting: [Gate: Int] = [:]
    /// Rows that are ready, rows that may only be claimed later, and rows that a run holds.
    public var ready = 0, later = 0, running = 0

    /// An empty queue.
    public init() {}

    /// Rows that are pending, waiting or running.
    public var open: Int { total - closed }
}
