/// What happened in one calendar month.
public struct MonthFigures: Sendable, Hashable {
    /// Requests received, by right; the code is `received`.
    public var received: [OutcomeCount] = []
    /// Requests answered, by right and outcome; `refused` where the customer was told of the refusal in the month.
    public var answered: [OutcomeCount] = []
    /// Requests that were closed in the month without an answer, by right: `cancelled`, `failed`, or `refused` for malformed
    /// rows.
    public var closedWithoutAnswer: [OutcomeCount] = []
    /// How quickly those that were answered were.
    public var timeliness = Timeliness()
    /// Erasures that were repeated because Talon.One was restored from a backup. No other figure counts them.
    public var replays = 0
    /// The decisions of operators.
    public var decisions: [DecisionCount] = []
    /// Legal holds that were placed and released in the month, and those in force at its end, or now while it lasts.
    public var holdsPlaced = 0, holdsReleased = 0, holdsInForce = 0
    /// Incidents that were opened and closed in the month, and those open at its end, or now while it lasts.
    public var incidentsOpened = 0, incidentsClosed = 0, incidentsOpen = 0
    /// Runs over the whole queue that began in the month, those of them that crashed, and those whose sums did not agree.
    public var runs = 0, runsCrashed = 0, runsUnbalanced = 0
    /// Checkpoints that were signed in the month, and those of them that were written to a file.
    public var checkpointsSigned = 0, checkpointsFiled = 0
    /// The number of entries under the last of them; 0 where there is none.
    public var signedEntries = 0

    /// Nothing happened.
    public init() {}

    /// Requests that were answered, of every right and outcome.
    public var answeredInAll: Int { answered.reduce(0) { $0 + $1.count } }
    /// Requests that were received, of every right.
    public var receivedInAll: Int { received.reduce(0) { $0 + $1.count } }
    /// Whether nothing at all is recorded.
    public var isEmpty: Bool {
        var other = self
        // What is in force or open was begun in some other month.
        (other.holdsInForce, other.incidentsOpen) = (0, 0)
        return other == MonthFigures()
    }
}
