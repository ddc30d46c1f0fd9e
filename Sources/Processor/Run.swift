import CallPolicy
import Foundation
public import Postgres
import Reports
public import Store
import SubjectRequests
public import TalonOne

/// Which requests a run works.
public enum Scope: Sendable, Hashable {
    /// All that are ready.
    case all
    /// One, for an operator who waits for it.
    case only(Int64)
    /// Erasures that are repeated after a restore.
    case replays

    var onlyRequest: Int64? {
        switch self {
        case .all, .replays: nil
        case .only(let request): request
        }
    }

    var stored: Store.RunScope {
        switch self {
        case .all: .all
        case .only: .one
        case .replays: .replays
        }
    }
}

/// One execution of the batch job: admit, dispatch, fulfil, record, rescue, deliver, sum up.
public struct Run: Sendable {
    let database: PostgresConfiguration
    let client: TalonOneClient
    let settings: ProcessorSettings
    let stop: RunStop
    let progress: @Sendable (RunTally) -> Void

    /// A run against a database and an API.
    ///
    /// - Parameters:
    ///   - stop: What may end it early.
    ///   - progress: Told each time a request ends; must be quick.
    public init(
        database: PostgresConfiguration,
        client: TalonOneClient,
        settings: ProcessorSettings,
        stop: RunStop = RunStop(),
        progress: @escaping @Sendable (RunTally) -> Void = { _ in }
    ) {
        self.database = database
        self.client = client
        self.settings = settings
        self.stop = stop
        self.progress = progress
    }

    /// Admits one request that is new, without working it, for somebody who decides about it by day. Does nothing where it
    /// was admitted before.
    public static func admit(_ request: Int64, in store: Store, settings: ProcessorSettings) async throws(StoreError) {
        guard try await !store.newRequests(after: 0, only: request, limit: 1).isEmpty else { return }
        let scope = Scope.only(request)
        let run = try await store.beginRun(settings.identity(scope), lease: settings.lease).id
        var tally = RunTally()
        _ = try await Intake(
            link: DatabaseLink(store: store, patience: .zero, stop: RunStop()),
            run: run,
            scope: scope,
            admission: settings.admission,
            subjectKey: settings.subjectKey
        ).admit(&tally)
        try await store.endRun(run, reason: "admitted a request for a decision")
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
        let traffic = CallTraffic(
            CallGate.Limits(
                inFlight: settings.concurrency,
                callsPerSecond: settings.callsPerSecond,
                outagePatience: settings.apiPatience
            )
        )
        do throws(RunError) {
            try await requireRights(store)
            try await greetAPI(traffic)
            heartbeat = try await open()
        } catch {
            await store.close()
            throw error
        }
        let outcome: Result<RunSummary, RunError>
        do {
            outcome = .success(try await execute(scope, store, heartbeat, templates, traffic))
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
        _ templates: DocumentTemplates,
        _ traffic: CallTraffic
    ) async throws -> RunSummary {
        let startedAt = Date()
        let sent = ContinuousClock.now
        let (run, queue) = try await store.beginRun(settings.identity(scope), lease: settings.lease)
        let lease = RunLease(run: run, duration: settings.lease, takenAt: sent)
        let beating = Task { await lease.keep(with: heartbeat, stop: stop) }
        defer { beating.cancel() }
        let link = DatabaseLink(store: store, patience: settings.databasePatience, stop: stop)

        try await Intake(
            link: link,
            run: run,
            scope: scope,
            admission: settings.admission,
            subjectKey: settings.subjectKey
        ).review()
        let recorder = Recorder(link: link, run: run)
        let fulfilment = Fulfilment(
            client: client,
            settings: settings,
            templates: templates,
            run: run,
            recorder: recorder,
            traffic: traffic,
            lease: lease
        )
        let signer = HeadSigner(database: database, signing: settings.signing, every: settings.resultsPerHead)
        let progress = progress
        var dispatcher = Dispatcher(
            link: link,
            run: run,
            scope: scope,
            settings: settings,
            fulfilment: fulfilment,
            recorder: recorder,
            stop: stop,
            brake: try await brake(scope, link),
            progress: { tally in
                progress(tally)
                signer.note(ended: tally.ended)
            }
        )
        try await dispatcher.work()
        var tally = dispatcher.tally
        var rechecks = Rechecks.Outcome()
        if scope == .all, dispatcher.end == nil {
            rechecks = try await Rechecks(link: link, run: run, fulfilment: fulfilment, stop: stop).take()
            tally.addCalls(rechecks.calls)
        }

        let delivery = try await deliver(scope, link, run)
        let end = dispatcher.end ?? .done
        var report = try await report(
            run,
            startedAt: startedAt,
            end: end,
            tally,
            queue,
            delivery,
            link
        )
        report.brake = dispatcher.brakeReason?.description
        report.attention.missedLooks = rechecks.unread
        let documents = try [report.html(with: templates), report.json()].map(StoredDocument.init)
        let wasBraked = dispatcher.brakeReason != nil
        try await link.attempt { [tally] store throws(StoreError) in
            try await store.endRun(
                run,
                reason: end.sentence,
                counts: documents.last?.content ?? Data("{}".utf8),
                erasures: tally.erasures,
                wasBraked: wasBraked,
                documents: documents
            )
        }
        let last = try await deliver(scope, link, run)
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

    private func requireRights(_ store: Store) async throws(RunError) {
        do {
            try await store.requireRights()
        } catch {
            throw RunError(error)
        }
    }

    /// Asks for a customer that nobody has. It shows that the API is there, that it is the API, and that the key is
    /// right; reading creates nothing.
    private func greetAPI(_ traffic: CallTraffic) async throws(RunError) {
        var calls = Calls(policy: settings.retry, traffic: traffic)
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

    /// Only a run over the whole queue has a brake: an operator who erases one person, or repeats what was done, has
    /// counted them.
    private func brake(_ scope: Scope, _ link: DatabaseLink) async throws(StoreError) -> ErasureBrake? {
        guard scope == .all else { return nil }
        let earlier = try await link.attempt { store throws(StoreError) in
            try await store.erasuresOfEarlierRuns(environment: settings.environment.rawValue, limit: 20)
        }
        return ErasureBrake(settings.brake, earlierRuns: earlier)
    }

    // MARK: - After

    private func deliver(
        _ scope: Scope,
        _ link: DatabaseLink,
        _ run: Int64
    ) async throws(StoreError) -> ReportDirectory.Delivered {
        guard let path = settings.reportsDirectory else { return ReportDirectory.Delivered() }
        return try await ReportDirectory(path: path).deliver(from: link, by: .run(run), request: scope.onlyRequest)
    }
}

extension ProcessorSettings {
    fileprivate func identity(_ scope: Scope) -> Store.RunIdentity {
        Store.RunIdentity(
            host: host,
            processID: ProcessInfo.processInfo.processIdentifier,
            version: version,
            environment: environment.rawValue,
            actor: actor,
            scope: scope.stored
        )
    }
}
