import CallPolicy
import Foundation
public import Postgres
import Reports
import Store
import SubjectRequests
public import TalonOne

/// Which requests a run works.
public enum Scope: Sendable, Hashable {
    /// All that are ready.
    case all
    /// One, for an operator who waits for it.
    case only(Int64)

    var onlyRequest: Int64? {
        switch self {
        case .all: nil
        case .only(let request): request
        }
    }
}

/// One execution of the batch job: admit, dispatch, fulfil, record, rescue, deliver, sum up.
public struct Run: Sendable {
    let database: PostgresConfiguration
    let client: TalonOneClient
    let settings: ProcessorSettings
    let progress: @Sendable (RunTally) -> Void

    /// A run against a database and an API.
    ///
    /// - Parameter progress: Told each time a request ends; must be quick.
    public init(
        database: PostgresConfiguration,
        client: TalonOneClient,
        settings: ProcessorSettings,
        progress: @escaping @Sendable (RunTally) -> Void = { _ in }
    ) {
        self.database = database
        self.client = client
        self.settings = settings
        self.progress = progress
    }

    /// Does it all. Before the first claim everything that it needs is tried out, so that a wrong key, a missing
    /// schema or a broken template costs nothing but a sentence.
    ///
    /// - Throws: ``RunError``.
    public func execute(_ scope: Scope = .all) async throws(RunError) -> RunSummary {
        let templates = try loadTemplates()
        if let flaw = settings.reportsDirectory.flatMap({ ReportDirectory(path: $0).prepare() }) {
            throw RunError(.configuration, flaw)
        }
        let store = try await open()
        let heartbeat: Store
        do throws(RunError) {
            try await greetAPI()
            heartbeat = try await open()
        } catch {
            await store.close()
            throw error
        }
        let outcome: Result<RunSummary, RunError>
        do {
            outcome = .success(try await execute(scope, store, heartbeat, templates))
        } catch let error as RunError {
            outcome = .failure(error)
        } catch let error as StoreError {
            outcome = .failure(RunError(error))
        } catch {
            outcome = .failure(RunError(.databaseUnavailable, "the run broke off: \(type(of: error))"))
        }
        await heartbeat.close()
        await store.close()
        return try outcome.get()
    }

    private func execute(
        _ scope: Scope,
        _ store: Store,
        _ heartbeat: Store,
        _ templates: DocumentTemplates
    ) async throws -> RunSummary {
        let startedAt = Date()
        let identity = Store.RunIdentity(
            host: settings.host,
            processID: ProcessInfo.processInfo.processIdentifier,
            version: settings.version,
            environment: settings.environment.rawValue,
            actor: settings.actor
        )
        let (run, queue) = try await store.beginRun(identity, lease: settings.lease)
        let lease = RunLease(run: run, duration: settings.lease)
        let beating = Task { await lease.keep(with: heartbeat) }
        defer { beating.cancel() }

        _ = try await store.rescue(run: run)
        let recorder = Recorder(store: store, run: run)
        let fulfilment = Fulfilment(
            client: client,
            settings: settings,
            templates: templates,
            run: run,
            recorder: recorder
        )
        let signer = HeadSigner(database: database, signing: settings.signing, every: settings.resultsPerHead)
        let progress = progress
        var dispatcher = Dispatcher(
            store: store,
            run: run,
            scope: scope,
            settings: settings,
            fulfilment: fulfilment,
            recorder: recorder,
            lease: lease,
            progress: { tally in
                progress(tally)
                signer.note(ended: tally.ended)
            }
        )
        try await dispatcher.work()

        let delivery = try await deliver(scope, store, run)
        let end = dispatcher.end ?? .done
        let report = try await report(
            run,
            startedAt: startedAt,
            end: end,
            dispatcher.tally,
            queue,
            delivery,
            store
        )
        let documents = try [report.html(with: templates), report.json()].map(StoredDocument.init)
        try await store.endRun(
            run,
            reason: end.sentence,
            counts: documents.last?.content ?? Data("{}".utf8),
            documents: documents
        )
        let last = try await deliver(scope, store, run)
        return RunSummary(
            report: report,
            end: end,
            deliveryFailure: delivery.failure ?? last.failure,
            signing: await signer.sign()
        )
    }

    // MARK: - Before

    private func loadTemplates() throws(RunError) -> DocumentTemplates {
        do {
            return try DocumentTemplates.english()
        } catch {
            throw RunError(.configuration, error.description)
        }
    }

    private func open() async throws(RunError) -> Store {
        do {
            return try await Store.open(database)
        } catch {
            throw RunError(error)
        }
    }

    /// Asks for a customer that nobody has. It shows that the API is there, that it is the API, and that the key is
    /// right; reading creates nothing.
    private func greetAPI() async throws(RunError) {
        var calls = Calls(policy: settings.retry)
        do throws(CallError) {
            _ = try await calls.read { () throws(TalonOneError) in
                try await client.customerInventory(integrationId: "dsr-preflight", sections: [.profile])
            }
        } catch {
            switch error.failure.kind {
            case .absent: return
            case .credentials: throw RunError(.credentialsRefused, error.sentence)
            default: throw RunError(.apiUnavailable, error.sentence)
            }
        }
    }

    // MARK: - After

    private func deliver(_ scope: Scope, _ store: Store, _ run: Int64) async throws(StoreError)
        -> ReportDirectory.Delivered
    {
        guard let path = settings.reportsDirectory else { return ReportDirectory.Delivered() }
        return try await ReportDirectory(path: path).deliver(from: store, run: run, request: scope.onlyRequest)
    }

    private func report(
        _ run: Int64,
        startedAt: Date,
        end: RunEnd,
        _ tally: RunTally,
        _ queue: Store.QueueSize,
        _ delivery: ReportDirectory.Delivered,
        _ store: Store
    ) async throws(StoreError) -> RunReport {
        let standing = try await store.standing(run: run)
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
        counts.reportsUndelivered = try await store.undeliveredCount()
        let people = try await store.needingAPerson(run: run, limit: 1_000)
        return RunReport(
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
    }
}

extension RunReport.Row {
    fileprivate init(_ request: RequestSummary) {
        self.init(
            requestID: request.id,
            right: Right(rawValue: request.kind)?.rawValue ?? "unknown",
            answerBy: request.answerBy?.description,
            state: request.outcome ?? request.state,
            reason: request.reason ?? ""
        )
    }
}
