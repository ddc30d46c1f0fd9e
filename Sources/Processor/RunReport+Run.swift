import Foundation
import Reports
import Store
import SubjectRequests

extension RunReport {
    /// Adds up what a run did and where the queue stands at its end.
    ///
    /// What the run did is counted as it did it; what other runs did is what the database has beyond that. If a row were
    /// lost, the two sides would not agree.
    init(
        _ context: RunContext,
        startedAt: Date,
        end: RunEnd,
        tally: RunTally,
        start: QueueSnapshot,
        finish: Finish
    ) {
        var counts = Counts()
        counts.pendingAtStart = start.open
        counts.arrived = finish.queue.total - start.total
        counts.completed = tally.completed
        counts.refused = tally.refused
        counts.failed = tally.failed
        counts.waiting = finish.queue.waiting
        counts.leftForNextRun = finish.queue.later + finish.queue.ready
        counts.takenByOthers = finish.queue.running + (finish.queue.closed - start.closed) - finish.closedByRun
        counts.calls = tally.calls
        counts.reportsDelivered = finish.delivered
        counts.reportsUndelivered = finish.undelivered
        self.init(
            runID: context.run,
            databaseID: context.databaseID,
            host: context.settings.host,
            softwareVersion: context.settings.version,
            environment: context.settings.environment,
            startedAt: startedAt,
            endedAt: Date(),
            ending: end.sentence,
            counts: counts,
            needsAction: finish.needingAction.map(Row.init)
        )
        retries = finish.returned.map { Retry(reason: $0.reason, count: $0.count, nextTry: $0.notBefore) }
        attention = finish.attention
    }

    /// Where the queue stands when a run ends.
    struct Finish: Sendable {
        let queue: QueueSnapshot, closedByRun: Int
        /// Documents that the run delivered, and those that are still undelivered.
        var delivered: Int, undelivered: Int
        let needingAction: [RequestSummary]
        /// What was tried and goes on in another run. What was only given back because this one ends is not among it.
        let returned: [ReturnedRequests]
        var attention: Attention

        /// - Throws: ``StoreError``.
        static func read(by context: RunContext, delivered: Int) async throws -> Finish {
            try await context.store.retrying { store in
                let (queue, closedByRun) = try await store.queueSnapshot(closedBy: context.run)
                return Finish(
                    queue: queue,
                    closedByRun: closedByRun,
                    delivered: delivered,
                    undelivered: try await store.undeliveredCount(),
                    needingAction: try await store.requestsNeedingAction(run: context.run, limit: 1_000),
                    returned: try await store.returned(by: context.run).filter {
                        $0.reason != APIError.cancelled.description
                    },
                    attention: try await store.attention()
                )
            }
        }
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
