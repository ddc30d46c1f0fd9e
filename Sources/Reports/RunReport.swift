public import Foundation
public import SubjectRequests

/// What one run did, with the sum that proves that nothing was lost. Holds no identifier of any customer.
public struct RunReport: Sendable, Hashable {
    /// A request that needs a person.
    public struct Row: Sendable, Hashable {
        /// The request's number.
        public var requestID: Int64
        /// The right that was asked for, such as `erasure`.
        public var right: String
        /// The civil day by which the person must have an answer: `2026-04-07`.
        public var answerBy: String?
        /// The outcome or state as a code, such as `residual_data` or `failed`.
        public var state: String
        /// Why, in words that name nobody; the caller has redacted them.
        public var reason: String

        /// A request that needs a person.
        public init(requestID: Int64, right: String, answerBy: String?, state: String, reason: String) {
            self.requestID = requestID
            self.right = right
            self.answerBy = answerBy
            self.state = state
            self.reason = reason
        }
    }

    /// Where the requests of a run went.
    public struct Counts: Sendable, Hashable {
        /// Requests that were open when the run began.
        public var pendingAtStart = 0
        /// Requests that came in while the run went on.
        public var arrived = 0
        /// Requests that are done, by outcome.
        public var completed: [String: Int] = [:]
        /// Requests that can never be right as they stand.
        public var refused = 0
        /// Requests that need a person.
        public var failed = 0
        /// Requests that wait, by what for.
        public var waiting: [String: Int] = [:]
        /// Requests that a later run tries again.
        public var leftForNextRun = 0
        /// Requests that another run has taken, or still works on.
        public var takenByOthers = 0
        /// Calls made to the API; not part of the sum.
        public var calls = 0
        /// Reports that were written to where they are picked up; not part of the sum.
        public var reportsDelivered = 0
        /// Reports that are still to be written; not part of the sum.
        public var reportsUndelivered = 0

        /// All zero.
        public init() {}

        /// All that are done, whatever the outcome.
        public var completedInAll: Int { completed.values.reduce(0, +) }
        /// All that wait, whatever for.
        public var waitingInAll: Int { waiting.values.reduce(0, +) }
        /// One side of the sum: everything that the run was answerable for.
        public var toAccountFor: Int { pendingAtStart + arrived }
        /// The other side: everything that it can say the whereabouts of.
        public var accountedFor: Int {
            completedInAll + refused + failed + waitingInAll + leftForNextRun + takenByOthers
        }
        /// Whether nothing was lost and nothing was counted twice.
        public var balances: Bool { toAccountFor == accountedFor }
    }

    /// The run's number.
    public var runID: Int64
    /// The host it ran on.
    public var host: String
    /// The version of the software.
    public var softwareVersion: String
    /// Which of Talon.One's two sets of data it worked on.
    public var environment: Environment
    /// When it began.
    public var startedAt: Date
    /// When it ended.
    public var endedAt: Date
    /// Why it ended, in words that name nobody.
    public var ending: String
    /// Where the requests went.
    public var counts: Counts
    /// The requests that need a person, most urgent first.
    public var needsAction: [Row]
    /// What else people should know.
    public var attention = Attention()
    /// Why erasures were held back, where they were: one sentence, without a full stop.
    public var brake: String?

    /// Collects what a run did.
    public init(
        runID: Int64,
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

    // Good news first; a code that is not listed follows in alphabetical order.
    private static let outcomeOrder = [
        "exported", "rectified", "erased", "already_absent", "no_data", "not_applied", "residual_data",
        "outcome_unknown", "refused_by_api",
    ]

    var completedInOrder: [(code: String, count: Int)] {
        counts.completed.map { (code: $0.key, count: $0.value) }.sorted { left, right in
            let end = Self.outcomeOrder.count
            let leftRank = Self.outcomeOrder.firstIndex(of: left.code) ?? end
            let rightRank = Self.outcomeOrder.firstIndex(of: right.code) ?? end
            return (leftRank, left.code) < (rightRank, right.code)
        }
    }

    var waitingInOrder: [(code: String, count: Int)] {
        counts.waiting.map { (code: $0.key, count: $0.value) }.sorted { $0.code < $1.code }
    }
}
