/// What a run may believe about its own lease. The database decides who holds it; this side always gives up first.
///
/// A state machine on the monotonic clock, which goes on while a process is stopped and never jumps.
public struct Lease: Sendable, Hashable {
    private enum State: Hashable {
        /// Nobody else can have taken over before that instant.
        case held(trustedUntil: ContinuousClock.Instant)
        /// Somebody may have, and the database has said so. There is no way back.
        case lost
    }

    /// How long a renewal lasts.
    public let duration: Duration
    private var state: State

    /// - Parameter sent: When the statement that took it was sent, which is before the database began to count.
    public init(duration: Duration, takenAt sent: ContinuousClock.Instant) {
        self.duration = duration
        self.state = .held(trustedUntil: sent + Self.trust(duration))
    }

    /// A fifth is kept back, for clocks that do not run alike.
    private static func trust(_ duration: Duration) -> Duration { duration * 4 / 5 }

    /// How often to renew.
    public var interval: Duration { duration / 6 }
    /// How long a renewal may take.
    public var renewalDeadline: Duration { duration / 4 }

    /// Whether the database has said that it is lost.
    public var isLost: Bool { state == .lost }

    /// Whether something may still be begun under it. After a while without word from the database it may not, until
    /// the database has confirmed it.
    public func isTrusted(at now: ContinuousClock.Instant) -> Bool {
        switch state {
        case .held(let trustedUntil): now < trustedUntil
        case .lost: false
        }
    }

    /// Notices that the database renewed it.
    ///
    /// - Parameter sent: When the renewal was sent.
    public mutating func renewed(sentAt sent: ContinuousClock.Instant) {
        guard case .held(let trustedUntil) = state else { return }
        state = .held(trustedUntil: max(trustedUntil, sent + Self.trust(duration)))
    }

    /// Notices that the database did not renew it, because it had passed.
    public mutating func refused() {
        state = .lost
    }
}
