/// A run's view of its own lease. The database decides whether the run holds it; this side always gives up first.
///
/// A state machine on the monotonic clock, which keeps running while a process is stopped and never jumps.
public struct Lease: Sendable, Hashable {
    private enum State: Hashable {
        /// Taken or renewed by a statement that was sent at that instant.
        case held(since: ContinuousClock.Instant)
        /// The database has refused a renewal. This state is final.
        case lost
    }

    /// How long the lease lasts after each renewal.
    public let duration: Duration
    private var state: State

    /// - Parameter sent: When the statement that took it was sent, which is before the database started to count.
    public init(duration: Duration, takenAt sent: ContinuousClock.Instant) {
        self.duration = duration
        self.state = .held(since: sent)
    }

    /// A fifth is held back, because two clocks never run at exactly the same rate.
    private var trusted: Duration { duration * 4 / 5 }

    /// The time between renewals.
    public var interval: Duration { duration / 6 }
    /// The timeout of one renewal.
    public var renewalDeadline: Duration { duration / 4 }

    /// Whether the database has refused a renewal.
    public var isLost: Bool { state == .lost }

    /// Whether work may be started under the lease. After too long without an answer from the database it may not, until
    /// the database has renewed the lease.
    public func isValid(at now: ContinuousClock.Instant) -> Bool {
        switch state {
        case .held(let sent): now < sent + trusted
        case .lost: false
        }
    }

    /// Whether the lease has expired for the database too, so that to renew it is in vain.
    public func hasExpired(at now: ContinuousClock.Instant) -> Bool {
        switch state {
        case .held(let sent): now >= sent + duration
        case .lost: true
        }
    }

    /// The database renewed the lease.
    ///
    /// - Parameter sent: When the renewal was sent.
    public mutating func renewed(sentAt sent: ContinuousClock.Instant) {
        guard case .held(let before) = state else { return }
        state = .held(since: max(before, sent))
    }

    /// The database did not renew the lease, because it had expired, or has not answered until then.
    public mutating func refused() {
        state = .lost
    }
}
