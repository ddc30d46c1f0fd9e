import Foundation
import Reports
import Store
import SubjectRequests

/// What the tables say about a run's requests, about the decisions before its end, and about the runs before it.
struct RunHistory: Sendable {
    let timeliness: Timeliness
    let outcomes: [OutcomeCount]
    let decisions: [DecisionCount], decisionsSince: Date?
    /// Earlier runs over the whole queue, the latest first.
    let earlierRuns: [RunFigures]

    /// - Parameters:
    ///   - run: The run.
    ///   - end: Its end by the clock of the database. Decisions after it belong to the next run.
    /// - Throws: ``StoreError``.
    static func read(of run: Int64, until end: Date, from store: Store) async throws -> RunHistory {
        let earlier = try await store.runFigures(before: run, limit: RunReport.trendLength - 1)
        let since = earlier.first?.endedAt
        return RunHistory(
            timeliness: try await store.timeliness(of: run),
            outcomes: try await store.outcomes(of: run),
            // Two runs can overlap, and the one with the smaller number can end last.
            decisions: try await store.decisions(in: min(since ?? .distantPast, end)..<end),
            decisionsSince: since,
            earlierRuns: earlier
        )
    }
}

extension RunReport {
    /// Takes over what the tables say. The run itself is the last of the trend.
    mutating func apply(_ history: RunHistory) {
        timeliness = history.timeliness
        outcomes = history.outcomes
        decisions = history.decisions
        decisionsSince = history.decisionsSince
        trend = history.earlierRuns.reversed() + [figures]
    }

    /// Brings the run's own figures in the trend up to date with the rest of the report.
    mutating func endTrendWithItself() {
        trend = trend.filter { $0.run != runID } + [figures]
    }
}
