public import Foundation
public import SubjectRequests

/// The report of one run: its counts, the sum that proves that no request was lost, and what needs action. Holds no
/// identifier of any customer.
public struct RunReport: Sendable, Hashable {
    /// A request that needs action.
    public struct Row: Sendable, Hashable {
        /// The request's number.
        public var requestID: Int64
        /// The right that is exercised, such as `erasure`.
        public var right: String
        /// The date by which the customer must have an answer: `2026-04-07`.
        public var answerBy: String?
        /// The outcome or state as a code, such as `residual_data` or `failed`.
        public var state: String
        /// The reason, redacted by the caller.
        public var reason: String

        /// Collects a row; nothing is checked.
        public init(requestID: Int64, right: String, answerBy: String?, state: String, reason: String) {
            self.requestID = requestID
            self.right = right
            self.answerBy = answerBy
            self.state = state
            self.reason = reason
        }
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
        /// API calls; not part of the sum.
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
    /// The requests that need action, most urgent first.
    public var needsAction: [Row]
    /// Open obligations across all requests and runs.
    public var attention = Attention()
    /// The requests that will be tried again, by reason; the most frequent first.
    public var retries: [Retry] = []
    /// Why erasures were held back, where they were: one sentence, without a full stop.
    public var brake: String?

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
    }

    /// Whether the sum of the counts holds.
    public var balances: Bool { counts.balances }
}
