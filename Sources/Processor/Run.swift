import CallPolicy
import Foundation
public import Postgres
import Reports
import Store
public import SubjectRequests
public import TalonOne

/// One execution of the batch: admit, dispatch, fulfil, record, rescue, deliver, sum up.
public struct Run: Sendable {
    /// Watches for something that shuts the run down, for example a signal, until its task is cancelled.
    public typealias Watcher = @Sendable (Shutdown) async -> Void

    private let database: PostgresConfiguration
    private let client: TalonOneClient
    private let settings: ProcessorSettings
    private let watchers: [Watcher]
    private let progress: @Sendable (RunTally) -> Void

    /// A run against a database and an API.
    ///
    /// - Parameters:
    ///   - watchers: What may shut the run down.
    ///   - progress: Told each time a request is resolved; must return quickly.
    public init(
        database: PostgresConfiguration,
        client: TalonOneClient,
        settings: ProcessorSettings,
        watchers: [Watcher] = [],
        progress: @escaping @Sendable (RunTally) -> Void = { _ in }
    ) {
        self.database = database
        self.client = client
        self.settings = settings
        self.watchers = watchers
        self.progress = progress
    }

    /// Executes the run. Before the first claim everything that it needs is tried, so that wrong credentials, a missing
    /// schema or a broken template cost nothing but a sentence.
    ///
    /// - Throws: ``RunError`` where the run could not begin, or the database refused or stayed away.
    public func execute(_ scope: Scope = .all) async throws -> RunSummary {
        let templates = try loadTemplates()
        if let problem = settings.reportsDirectory.flatMap({ ReportDirectory(path: $0).prepare() }) {
            throw RunError(.configuration, problem)
        }
        do {
            return try await execute(scope, templates)
        } catch let error as StoreError {
            throw RunError(error)
        }
    }

    private func loadTemplates() throws -> DocumentTemplates {
        do {
            return try DocumentTemplates.english()
        } catch {
            throw RunError(.configuration, "\(error)", cause: error)
        }
    }

    private func execute(_ scope: Scope, _ templates: DocumentTemplates) async throws -> RunSummary {
        try await Store.withConnection(database) { store in
            try await store.requireCurrentSchema()
            try await store.requireRights()
            let api = APISession(client: client, limits: settings.limits, retries: settings.retry)
            try await api.preflight()
            return try await Store.withConnection(database) { heartbeat in
                let (startedAt, sent) = (Date(), ContinuousClock.now)
                let (run, queue) = try await store.beginRun(settings.identity(scope), lease: settings.lease)
                let shutdown = Shutdown()
                let context = RunContext(
                    run: run,
                    scope: scope,
                    settings: settings,
                    store: ReconnectingStore(store, patience: settings.databasePatience, shutdown: shutdown),
                    lease: LeaseKeeper(run: run, duration: settings.lease, takenAt: sent),
                    shutdown: shutdown
                )
                return try await RunInProgress(
                    context,
                    api: api,
                    database: database,
                    templates: templates,
                    startedAt: startedAt,
                    start: queue,
                    progress: progress
                ).execute(heartbeat: heartbeat, watchers)
            }
        }
    }
}

extension ProcessorSettings {
    fileprivate func identity(_ scope: Scope) -> RunIdentity {
        RunIdentity(
            host: host,
            processID: ProcessInfo.processInfo.processIdentifier,
            version: version,
            environment: environment,
            actor: actor,
            scope: scope
        )
    }

    var limits: CallLimiter.Limits {
        CallLimiter.Limits(inFlight: concurrency, callsPerSecond: callsPerSecond, outagePatience: apiPatience)
    }
}
