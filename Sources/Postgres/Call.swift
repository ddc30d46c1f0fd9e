/// One call on a connection: its name in errors, its deadline, and whether it was abandoned.
struct Call {
    /// The state of a call that was cancelled or timed out. The call still waits for the server to stop, so that the
    /// connection stays usable.
    struct Abandonment {
        /// `.cancelled` or `.timedOut`.
        let reason: PostgresError.Code
        /// The cancel request that was sent to the server.
        let request: CancelRequest
        /// When the connection is closed if the server has not stopped.
        let until: ContinuousClock.Instant
    }

    /// How long the server has to answer a cancel request before the connection is closed.
    static let grace = Duration.seconds(5)
    /// How often a waiting call checks whether its task was cancelled. Swift has no way to interrupt blocking code.
    static let tick = Duration.milliseconds(50)

    /// For example `statement "claim"`.
    var subject: String
    /// The name alone, for `PostgresError.statement`.
    var statement: String?
    let limit: Duration
    let deadline: ContinuousClock.Instant
    /// False for commit and rollback, which must finish in a cancelled task too.
    let heedsCancellation: Bool
    var abandonment: Abandonment?

    init(_ subject: String, statement: String? = nil, limit: Duration, heedsCancellation: Bool = true) {
        self.subject = subject
        self.statement = statement
        self.limit = limit
        self.deadline = .now + limit
        self.heedsCancellation = heedsCancellation
    }

    init(_ statement: Statement, limit: Duration, heedsCancellation: Bool = true) {
        self.init(
            "statement \"\(statement.name)\"",
            statement: statement.name,
            limit: limit,
            heedsCancellation: heedsCancellation
        )
    }

    /// Why the call should stop now; nil if it should go on.
    func reasonToStop(_ interrupt: Interrupt) -> PostgresError.Code? {
        if heedsCancellation && (interrupt.isRequested || Task.isCancelled) { return .cancelled }
        return ContinuousClock.now >= deadline ? .timedOut : nil
    }

    /// The longest time to wait before the next check.
    var patience: Duration {
        let end = abandonment?.until ?? deadline
        return min(Self.tick, max(.zero, end - .now))
    }
}
