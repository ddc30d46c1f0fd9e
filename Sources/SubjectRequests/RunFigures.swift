public import Foundation

/// The main figures of one ended run, for a comparison of runs.
public struct RunFigures: Sendable, Hashable {
    /// The run's number.
    public var run: Int64
    /// When it started and ended.
    public var startedAt: Date, endedAt: Date
    /// Completed requests; `nil` in this and the others where the run crashed and left no report.
    public var completed: Int?
    /// Failed requests.
    public var failed: Int?
    /// What needed action when the run ended.
    public var needsAction: Int?
    /// Requests that were answered after their last lawful day.
    public var answeredLate: Int?
    /// Calls for requests.
    public var calls: Int?

    /// A run that left no report.
    public init(run: Int64, startedAt: Date, endedAt: Date) {
        self.run = run
        self.startedAt = startedAt
        self.endedAt = endedAt
    }

    /// How long it took, in whole seconds.
    public var seconds: Int { max(0, Int(endedAt.timeIntervalSince(startedAt).rounded())) }
    /// Whether it crashed, so that another run ended it.
    public var crashed: Bool { completed == nil }
}
