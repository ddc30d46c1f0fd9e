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
        counts.answeredLate = finish.answeredLate
        counts.erasedWithoutTicket = finish.erasedWithoutTicket
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
            needsAction: []
        )
        retries = finish.returned.map { Retry(reason: $0.reason, count: $0.count, nextTry: $0.notBefore) }
        slowDowns = finish.slowDowns
        apply(finish.state, asOf: endedAt)
        apply(finish.history)
    }

    /// Where the queue stands when a run ends.
    struct Finish: Sendable {
        let queue: QueueSnapshot, closedByRun: Int
        /// Documents that the run delivered, and those that are still undelivered.
        var delivered: Int, undelivered: Int
        /// What was tried and goes on in another run. What was only given back because this one ends is not among it.
        let returned: [ReturnedRequests]
        /// Requests that were answered late, and erasures that had no ticket.
        let answeredLate: Int, erasedWithoutTicket: Int
        /// The present state, whichever run found it, and what the tables say about the run.
        let state: CurrentState, history: RunHistory
        let slowDowns: SlowDowns

        /// - Throws: ``StoreError``.
        static func read(
            by context: RunContext,
            delivered: Int,
            slowDowns: SlowDowns
        ) async throws -> Finish {
            try await context.store.retrying { store in
                let answers = try await store.notableAnswers(by: context.run)
                let (queue, closedByRun) = try await store.queueSnapshot(closedBy: context.run)
                return Finish(
                    queue: queue,
                    closedByRun: closedByRun,
                    delivered: delivered,
                    undelivered: try await store.undeliveredCount(),
                    returned: try await store.returned(by: context.run).filter {
                        $0.reason != APIError.cancelled.description
                    },
                    answeredLate: answers.late,
                    erasedWithoutTicket: answers.withoutTicket,
                    state: try await .read(
                        from: store,
                        attentionDays: context.settings.attentionDays,
                        textsProblem: context.settings.facts.problem
                    ),
                    history: try await .read(of: context.run, until: .distantFuture, from: store),
                    slowDowns: slowDowns
                )
            }
        }
    }
}

extension RunReport {
    /// Adds documents that could not be written.
    mutating func add(undelivered failure: String?) {
        guard let failure else { return }
        needsAction.append(
            Row(
                .documents,
                count: max(1, counts.reportsUndelivered),
                state: "not_delivered",
                reason: failure,
                command: "dsr reports deliver"
            )
        )
    }

    /// Adds evidence that could not be signed, or a checkpoint that could not be filed, once.
    mutating func add(_ signing: Signing) {
        guard let failure = signing.failure, !needsAction.contains(where: { $0.kind == .evidence }) else { return }
        let isSigned = if case .notFiled = signing { true } else { false }
        needsAction.append(
            Row(
                .evidence,
                state: isSigned ? "not_filed" : "not_signed",
                reason: failure,
                command: "dsr evidence verify"
            )
        )
    }
}
