import Foundation
import Postgres
import Reports
import Store
import SubjectRequests
import Synchronization

/// A run between its beginning and its end. Heartbeat, checkpoint signer and delivery work beside the requests,
/// as children of the task that processes them, and end with it.
struct RunInProgress: Sendable {
    let context: RunContext
    let api: APISession
    let database: PostgresConfiguration
    let templates: DocumentTemplates
    let startedAt: Date
    /// The queue when the run began.
    let start: QueueSnapshot
    let progress: @Sendable (RunTally) -> Void

    private let signing = WakeUps(), delivery = WakeUps()

    private var settings: ProcessorSettings { context.settings }

    init(
        _ context: RunContext,
        api: APISession,
        database: PostgresConfiguration,
        templates: DocumentTemplates,
        startedAt: Date,
        start: QueueSnapshot,
        progress: @escaping @Sendable (RunTally) -> Void
    ) {
        self.context = context
        self.api = api
        self.database = database
        self.templates = templates
        self.startedAt = startedAt
        self.start = start
        self.progress = progress
    }

    /// Processes the requests, ends the run, and sums up.
    ///
    /// - Parameter heartbeat: A connection of its own for the lease.
    /// - Throws: ``StoreError``.
    func execute(heartbeat: Store) async throws -> RunSummary {
        try await withThrowingTaskGroup(of: Void.self) { children in
            children.addTask { await context.lease.renew(with: heartbeat, shutdown: context.shutdown) }
            defer { children.cancelAll() }

            async let signed = CheckpointSigner(database: database, signing: settings.signing).sign(
                each: signing.stream
            )
            async let delivered = deliver()
            let (dispatcher, rechecks) = try await process()
            delivery.finish()
            context.lease.runEnds()
            let end = context.shutdown.end ?? .done
            var (report, failure) = try await finish(end, dispatcher, rechecks, delivered)
            signing.finish()
            let signature = await signed
            report.add(signature)
            return RunSummary(report: report, end: end, deliveryFailure: failure, signing: signature)
        }
    }

    // MARK: - Processing

    private func process() async throws -> (Dispatcher, Rechecks.Outcome) {
        try await QueueAdmission(context).review()
        let recorder = Recorder(store: context.store, run: context.run)
        let lastSigned = Mutex(0)
        let loop = DispatchLoop(
            context: context,
            api: api,
            recorder: recorder,
            fulfilment: Fulfilment(context: context, api: api, recorder: recorder, templates: templates)
        ) { tally in
            progress(tally)
            delivery.wake()
            let isDue = lastSigned.withLock { last in
                guard tally.closed - last >= settings.resultsPerCheckpoint else { return false }
                last = tally.closed
                return true
            }
            if isDue { signing.wake() }
        }
        var dispatcher = Dispatcher(try await plan())
        try await loop.run(&dispatcher)
        _ = try await context.store.retrying { [run = context.run] store in
            try await store.forgetUnknownCustomers(run: run)
        }
        try await context.store.retrying { store in try await store.expireDocuments() }
        guard context.scope == .all, context.shutdown.end == nil else { return (dispatcher, Rechecks.Outcome()) }
        return (dispatcher, try await Rechecks(context: context, api: api).run())
    }

    private func plan() async throws -> Dispatcher.Plan {
        Dispatcher.Plan(
            scope: context.scope,
            concurrency: settings.concurrency,
            limit: settings.limit,
            lease: settings.lease,
            brake: try await brake(),
            brakeTicket: settings.brakeTicket,
            unknownBrake: try await unknownBrake(),
            unknownTicket: settings.unknownTicket
        )
    }

    /// How many customers are unknown is compared for a run over the whole queue only: who repeats past erasures expects
    /// that they are. That some customer was ever known is required of every run.
    private func unknownBrake() async throws -> UnknownBrake? {
        guard let limits = settings.unknownBrake else { return nil }
        return try await context.store.retrying { [scope = context.scope] store in
            scope == .all
                ? try await store.unknownBrake(limits, earlierRuns: 20)
                : .untilFirstKnown(try await store.hasKnownCustomer())
        }
    }

    /// Only a run over the whole queue has a brake: an operator who erases one customer, or repeats past erasures, has
    /// counted them.
    private func brake() async throws -> ErasureBrake? {
        guard context.scope == .all else { return nil }
        let earlier = try await context.store.retrying { store in
            try await store.erasuresOfEarlierRuns(environment: settings.environment, limit: 20)
        }
        return ErasureBrake(settings.brake, earlierRuns: earlier)
    }

    private func canary(_ dispatcher: Dispatcher, _ end: RunEnd) -> RunReport.Canary {
        if settings.canary == nil { return .notConfigured }
        if dispatcher.knowsCanary { return .known }
        return end == .canaryUnknown ? .unknown : .notRead
    }

    // MARK: - Delivering

    /// Delivers documents while the run goes on.
    private func deliver() async throws -> DeliveryResult {
        try await directory?.deliver(each: delivery.stream) ?? DeliveryResult()
    }

    private var directory: Delivery? {
        settings.reportsDirectory.map { path in
            Delivery(
                store: context.store,
                directory: ReportDirectory(path: path, databaseID: context.databaseID),
                author: .run(context.run),
                keepDays: settings.documentKeepDays,
                request: context.scope.request
            )
        }
    }

    // MARK: - Ending

    /// Ends the run, with its report, and delivers the report.
    ///
    /// - Returns: The report, and why documents could not be delivered.
    private func finish(
        _ end: RunEnd,
        _ dispatcher: Dispatcher,
        _ rechecks: Rechecks.Outcome,
        _ delivered: DeliveryResult
    ) async throws -> (RunReport, deliveryFailure: String?) {
        _ = try await context.store.retrying { store in try await store.returnOrphans(of: context.run) }
        var tally = dispatcher.tally
        tally.addCalls(rechecks.calls)
        tally.addAnsweredTogether(
            try await context.store.retrying { store in try await store.answeredTogether(by: context.run) }
        )
        var report = RunReport(
            context,
            startedAt: startedAt,
            end: end,
            tally: tally,
            start: start,
            finish: try await .read(
                by: context,
                delivered: delivered.count,
                slowDowns: await api.limiter.slowDowns
            )
        )
        report.brake = dispatcher.brakeReason?.description
        report.unknownBrake = dispatcher.unknownReason?.description
        report.canary = canary(dispatcher, end)
        report.attention.missedRechecks = rechecks.missed
        report.add(undelivered: delivered.failure)
        // The log is signed after the report, which is in it. That a key cannot be used is known before.
        if case .keyUnusable(let sentence) = settings.signing { report.add(.failed(sentence)) }
        report.endTrendWithItself()
        let documents = [try report.html(with: templates), report.json()]
        try await context.store.retrying { [tally, report, lookups = dispatcher.lookups] store in
            try await store.endRun(
                context.run,
                reason: end.sentence,
                report: documents[1].content,
                erasures: tally.erasures,
                wasBraked: report.brake != nil,
                lookups: lookups,
                documents: documents
            )
        }
        let last = try await directory?.deliverAll()
        // The last delivery has tried again what failed before.
        return (report, last?.failure)
    }
}

/// Wakes a task that works beside the requests. Several wake-ups before it looks count as one.
private struct WakeUps: Sendable {
    let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func wake() { continuation.yield() }
    func finish() { continuation.finish() }
}
