import Foundation
import Reports
import Store
import SubjectRequests

extension Run {
    /// Adds up what the run did and how the queue stands now.
    func report(
        _ run: Int64,
        startedAt: Date,
        end: RunEnd,
        _ tally: RunTally,
        _ queue: Store.QueueSize,
        _ delivery: ReportDirectory.Delivered,
        _ link: DatabaseLink
    ) async throws(StoreError) -> RunReport {
        let (standing, undelivered, people, attention) = try await link.attempt { store throws(StoreError) in
            (
                try await store.standing(run: run), try await store.undeliveredCount(),
                try await store.needingAPerson(run: run, limit: 1_000), try await store.attention()
            )
        }
        var counts = RunReport.Counts()
        counts.pendingAtStart = queue.open
        counts.arrived = standing.total - queue.total
        // What this run did is counted as it did it; what others did is what the database has beyond that. Were a
        // row lost on the way, the two sides would not agree.
        let mine = standing.completed.values.reduce(0, +) + standing.refused + standing.failed
        counts.completed = Dictionary(uniqueKeysWithValues: tally.completed.map { ($0.key.rawValue, $0.value) })
        counts.refused = tally.refused
        counts.failed = tally.failed
        counts.waiting = standing.waiting
        counts.toBeRetried = standing.later + standing.ready
        counts.takenByOthers = standing.running + (standing.final - (queue.total - queue.open)) - mine
        counts.calls = tally.calls
        counts.reportsDelivered = delivery.count
        counts.reportsUndelivered = undelivered
        var report = RunReport(
            runID: run,
            host: settings.host,
            softwareVersion: settings.version,
            environment: settings.environment,
            startedAt: startedAt,
            endedAt: Date(),
            ending: end.sentence,
            counts: counts,
            needsAPerson: people.map(RunReport.Row.init)
        )
        report.attention = RunReport.Attention(attention)
        return report
    }
}

extension RunReport.Attention {
    fileprivate init(_ attention: Store.Attention) {
        self.init()
        overdue = attention.overdue
        unlawfullyLate = attention.unlawfullyLate
        refusalsToTell = attention.refusalsToTell
        refusalsToldTooLate = attention.refusalsToldTooLate
        holdsToReview = attention.holdsToReview
        incidents = attention.incidents
    }
}

extension RunReport.Row {
    fileprivate init(_ request: RequestSummary) {
        self.init(
            requestID: request.id,
            right: Right(rawValue: request.kind)?.rawValue ?? "unknown",
            answerBy: request.answerBy?.description,
            state: request.outcome?.rawValue ?? request.state.rawValue,
            reason: request.reason ?? ""
        )
    }
}
