public import Foundation
public import SubjectRequests

/// The report of one run: its counts, the sum that proves that no request was lost, and what needs action. Holds no
/// identifier of any customer.
public struct RunReport: Sendable, Hashable {
    /// Something that needs action, or that waits for an operator.
    public struct Row: Sendable, Hashable {
        /// What a row is about.
        public enum Kind: String, Sendable, Hashable {
            /// A request, an incident, or a legal hold, with its number.
            case request, incident, hold
            /// A number of erasures that are held back, of requests whose answer is held back, or of documents that are not
            /// written as files.
            case erasures, requests, documents
            /// The evidence log.
            case evidence
        }

        /// What it is about.
        public var kind: Kind
        /// The number of the request, incident or hold.
        public var number: Int64?
        /// How many things it stands for.
        public var count = 1
        /// The right that is exercised, such as `erasure`.
        public var right: String?
        /// The outcome, state or gate as a code, such as `residual_data`, `failed` or `approval`.
        public var state: String
        /// The reason, redacted by the caller.
        public var reason: String
        /// Days since it began.
        public var ageDays: Int?
        /// The date by which it must be settled, for a request the date by which the customer must be told: `2026-04-07`.
        public var due: String?
        /// Whether that date is past.
        public var isOverdue = false
        /// The command to run next.
        public var command: String

        /// Collects a row; nothing is checked.
        public init(
            _ kind: Kind,
            number: Int64? = nil,
            count: Int = 1,
            right: String? = nil,
            state: String,
            reason: String,
            ageDays: Int? = nil,
            due: String? = nil,
            isOverdue: Bool = false,
            command: String
        ) {
            self.kind = kind
            self.number = number
            self.count = count
            self.right = right
            self.state = state
            self.reason = reason
            self.ageDays = ageDays
            self.due = due
            self.isOverdue = isOverdue
            self.command = command
        }
    }

    /// What a run saw of the canary customer before it claimed anything.
    public enum Canary: String, Sendable, Hashable {
        /// No canary customer is configured, so nothing showed that Talon.One answers for the right account.
        case notConfigured = "not_configured"
        /// The run ended before it was read; it is known; it is unknown.
        case notRead = "not_read", known, unknown
    }

    /// Requests that were tried without success and are tried again, all for one reason.
    public struct Retry: Sendable, Hashable {
        /// What went wrong, free of personal data.
        public var reason: String
        /// How many requests.
        public var count: Int
        /// When the first of them may be tried again; `nil` for as soon as a run begins.
        public var nextTry: Date?

        /// Collects a row; nothing is checked.
        public init(reason: String, count: Int, nextTry: Date?) {
            self.reason = reason
            self.count = count
            self.nextTry = nextTry
        }
    }

    /// How many requests the run had, and what became of them.
    public struct Counts: Sendable, Hashable {
        /// Requests that were open when the run started.
        public var pendingAtStart = 0
        /// Requests that arrived during the run.
        public var arrived = 0
        /// Completed requests, by outcome.
        public var completed: [Outcome: Int] = [:]
        /// Refused requests.
        public var refused = 0
        /// Failed requests, which need action.
        public var failed = 0
        /// Waiting requests, by the gate that they wait for.
        public var waiting: [Gate: Int] = [:]
        /// Requests left for the next run, retries included.
        public var leftForNextRun = 0
        /// Requests that another run has claimed or ended, or an operator has ended.
        public var takenByOthers = 0
        /// Requests that were answered after the last lawful date; not part of the sum.
        public var answeredLate = 0
        /// Erasures without a ticket, whose confirmation says of nobody whom it is for; not part of the sum.
        public var erasedWithoutTicket = 0
        /// API calls for requests, without the preflight; not part of the sum.
        public var calls = 0
        /// Documents written to the report directory; not part of the sum.
        public var reportsDelivered = 0
        /// Documents not written there yet; not part of the sum.
        public var reportsUndelivered = 0

        /// All zero.
        public init() {}

        /// The counts of `completed` with their codes, in the order of `Outcome`.
        public var completedByCode: [(code: String, count: Int)] { Self.byCode(completed) }
        /// The counts of `waiting` with their codes, in the order of `Gate`.
        public var waitingByCode: [(code: String, count: Int)] { Self.byCode(waiting) }

        private static func byCode<Key: CaseIterable & RawRepresentable<String> & Hashable>(
            _ counts: [Key: Int]
        ) -> [(code: String, count: Int)] {
            Key.allCases.compactMap { key in counts[key].map { (code: key.rawValue, count: $0) } }
        }

        /// Completed requests of every outcome.
        public var completedInAll: Int { completed.values.reduce(0, +) }
        /// Waiting requests of every reason.
        public var waitingInAll: Int { waiting.values.reduce(0, +) }
        /// One side of the sum: the requests that the run had to account for.
        public var toAccountFor: Int { pendingAtStart + arrived }
        /// The other side: the requests that it can account for.
        public var accountedFor: Int {
            completedInAll + refused + failed + waitingInAll + leftForNextRun + takenByOthers
        }
        /// Whether no request was lost or counted twice.
        public var balances: Bool { toAccountFor == accountedFor }
    }

    /// The run's number.
    public var runID: Int64
    /// The id of the database.
    public var databaseID: String
    /// The host it ran on.
    public var host: String
    /// The version of the software.
    public var softwareVersion: String
    /// The environment whose queue it processed.
    public var environment: Environment
    /// When it started.
    public var startedAt: Date
    /// When it ended.
    public var endedAt: Date
    /// Why it ended, without any identifier.
    public var ending: String
    /// What became of the requests.
    public var counts: Counts
    /// All that needs action, whichever run found it, most urgent first.
    public var needsAction: [Row]
    /// Requests that wait for an operator by routine, most urgent first. They do not need action yet.
    public var routine: [Row] = []
    /// Requests that need action, and that wait by routine, beyond those in the lists.
    public var unlistedNeedsAction = 0, unlistedRoutine = 0
    /// Open obligations across all requests and runs.
    public var attention = Attention()
    /// The requests that will be tried again, by reason; the most frequent first.
    public var retries: [Retry] = []
    /// Why erasures were held back, where they were: one sentence, without a full stop.
    public var brake: String?
    /// Why answers about unknown customers were held back, where they were: one sentence, without a full stop.
    public var unknownBrake: String?
    /// Whether the canary customer was known before the first claim.
    public var canary = Canary.notConfigured
    /// When that was read which is not about the run alone: what needs action, what is at risk, the evidence log.
    public var asOf: Date
    /// How quickly the requests that the run completed were answered.
    public var timeliness = Timeliness()
    /// Requests without an answer that must be answered within seven days, those that are overdue included.
    public var atRisk = 0
    /// How the requests that the run closed ended, by right.
    public var outcomes: [OutcomeCount] = []
    /// Decisions of operators since the end of the last run over the whole queue before this one.
    public var decisions: [DecisionCount] = []
    /// The end of that run; `nil` where there is none.
    public var decisionsSince: Date?
    /// The evidence log. The run's own last checkpoint is signed after its report, which the log contains.
    public var evidence = EvidenceState()
    /// What slowed the run's calls down.
    public var slowDowns = SlowDowns()
    /// The last runs over the whole queue, up to ``trendLength`` of them, oldest first, this one last.
    public var trend: [RunFigures] = []

    /// The greatest number of runs in a trend.
    public static let trendLength = 30
    /// Within how many days a request must be answered to be at risk.
    public static let atRiskDays = 7

    /// Collects the report's content; nothing is checked.
    public init(
        runID: Int64,
        databaseID: String,
        host: String,
        softwareVersion: String,
        environment: Environment,
        startedAt: Date,
        endedAt: Date,
        ending: String,
        counts: Counts,
        needsAction: [Row]
    ) {
        self.runID = runID
        self.databaseID = databaseID
        self.host = host
        self.softwareVersion = softwareVersion
        self.environment = environment
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.ending = ending
        self.counts = counts
        self.needsAction = needsAction
        asOf = endedAt
    }

    /// How long the run took, in whole seconds.
    public var seconds: Int { max(0, Int(endedAt.timeIntervalSince(startedAt).rounded())) }
    /// Requests that it closed.
    public var closed: Int { counts.completedInAll + counts.refused + counts.failed }
    /// Requests that it closed in an hour, at the pace of the whole run.
    public var closedPerHour: Int {
        let duration = endedAt.timeIntervalSince(startedAt)
        return duration > 0 ? Int((Double(closed) * 3_600 / duration).rounded()) : 0
    }
    /// All that needs action, beyond the list too.
    public var needsActionCount: Int { needsAction.reduce(unlistedNeedsAction) { $0 + $1.count } }
    /// Requests that wait by routine, beyond the list too.
    public var routineCount: Int { routine.count + unlistedRoutine }

    /// The run's own figures, for a trend.
    public var figures: RunFigures {
        var figures = RunFigures(run: runID, startedAt: startedAt, endedAt: endedAt)
        figures.completed = counts.completedInAll
        figures.failed = counts.failed
        figures.needsAction = needsActionCount
        figures.answeredLate = counts.answeredLate
        figures.calls = counts.calls
        return figures
    }

    /// Whether the sum of the counts holds.
    public var balances: Bool { counts.balances }
}
