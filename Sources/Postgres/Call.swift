/// One call on a connection: what it is named in errors, until when it may take, and whether it was given up.
struct Call {
    /// A call that was given up, and is only waited for so that the connection stays usable.
    struct Abandonment {
        /// `.cancelled` or `.timedOut`.
        let reason: PostgresError.Code
        /// The cancel request under way, nil if none was needed.
        let request: CancelRequest?
        /// When the connection is given up as well.
        let until: ContinuousClock.Instant
    }

    /// How long the server has to answer a cancel request before the connection is closed.
    static let grace = Duration.seconds(5)
    /// How often a waiting call looks whether its task was cancelled: Swift tells only asynchronous code by itself.
    static let tick = Duration.milliseconds(50)

    /// For example `statement "claim"`.
    var subject: String
    /// The bare name, for `PostgresError.statement`.
    var statement: String?
    let limit: Duration
    private(set) var deadline: ContinuousClock.Instant
    /// False for what must be finished in a cancelled task too: commit and rollback.
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

    /// Something arrived, or was taken: the time starts again. For transfers, whose length says nothing about health.
    mutating func extend() {
        deadline = .now + limit
    }

    /// Why the call should stop now, if it should.
    func reasonToStop(_ interrupt: Interrupt) -> PostgresError.Code? {
        if heedsCancellation && (interrupt.isRequested || Task.isCancelled) { return .cancelled }
        return ContinuousClock.now >= deadline ? .timedOut : nil
    }

    /// How long to wait at most before looking again.
    var patience: Duration {
        let end = abandonment?.until ?? deadline
        return min(Self.tick, max(.zero, end - .now))
    }
}
