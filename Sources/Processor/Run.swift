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
    private let begins: @Sendable (ProcessorSettings) -> Void
    private let watchers: [Watcher]
    private let progress: @Sendable (RunTally) -> Void
    private let waits: @Sendable (String) -> Void
    private let warns: @Sendable (String) -> Void

    /// A run against a database and an API.
    ///
    /// - Parameters:
    ///   - watchers: What may shut the run down.
    ///   - begins: Told, before the run begins, the settings with which it does: the policy of the database may be stricter.
    ///   - progress: Told each time a request is resolved; must return quickly.
    ///   - waits: Told, once each, that the database or the API is waited for at the start, and why.
    ///   - warns: Told, once each, what is unsafe about the database server and does not keep the run from its work.
    public init(
        database: PostgresConfiguration,
        client: TalonOneClient,
        settings: ProcessorSettings,
        watchers: [Watcher] = [],
        begins: @escaping @Sendable (ProcessorSettings) -> Void = { _ in },
        progress: @escaping @Sendable (RunTally) -> Void = { _ in },
        waits: @escaping @Sendable (String) -> Void = { _ in },
        warns: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.database = database
        self.client = client
        self.settings = settings
        self.watchers = watchers
        self.begins = begins
        self.progress = progress
        self.waits = waits
        self.warns = warns
    }

    /// Executes the run. Before the first claim everything that it needs is tried, so that a missing schema or a broken
    /// template costs nothing but a sentence, and wrong credentials cost no request. A database that is unavailable is
    /// waited for.
    ///
    /// - Throws: ``RunError`` where the run could not begin, or the database refused or stayed away.
    public func execute(_ scope: Scope = .all) async throws -> RunSummary {
        let templates = try loadTemplates()
        if let problem = settings.reportsDirectory.flatMap(ReportDirectory.create) {
            throw RunError(.configuration, problem)
        }
        let shutdown = Shutdown()
        do {
            return try await withThrowingTaskGroup(of: RunSummary?.self) { children in
                for watcher in watchers {
                    children.addTask {
                        await watcher(shutdown)
                        return nil
                    }
                }
                children.addTask { try await execute(scope, templates, shutdown) }
                children.addTask {
                    try await endAfterSecondSignal(shutdown)
                    return nil
                }
                defer { children.cancelAll() }
                for try await summary in children { if let summary { return summary } }
                throw RunError.stopped
            }
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

    private func execute(
        _ scope: Scope,
        _ templates: DocumentTemplates,
        _ shutdown: Shutdown
    ) async throws -> RunSummary {
        try await withConnection(shutdown) { store in
            try await withConnection(shutdown) { heartbeat in
                let reconnecting = ReconnectingStore(store, patience: settings.databasePatience, shutdown: shutdown)
                let startedAt = Date()
                let databaseID = try await own(reconnecting)
                let settings = settings.tightened(
                    by: try await reconnecting.retrying { store in try await store.policy() }
                )
                begins(settings)
                for warning in try await reconnecting.retrying({ store in try await store.serverLogWarnings() }) {
                    warns(warning)
                }
                let (run, queue, sent) = try await reconnecting.retrying { store in
                    let sent = ContinuousClock.now
                    let (run, queue) = try await store.beginRun(settings.identity(scope), lease: settings.lease)
                    return (run, queue, sent)
                }
                let context = RunContext(
                    run: run,
                    databaseID: databaseID,
                    deployment: deployment,
                    scope: scope,
                    settings: settings,
                    store: reconnecting,
                    lease: LeaseKeeper(run: run, duration: settings.lease, takenAt: sent),
                    shutdown: shutdown,
                    waits: waits
                )
                return try await RunInProgress(
                    context,
                    api: APISession(client, settings),
                    database: database,
                    templates: templates,
                    startedAt: startedAt,
                    start: queue,
                    progress: progress
                ).execute(heartbeat: heartbeat)
            }
        }
    }

    // MARK: - Beginning and ending

    /// Connects, checks schema and rights, runs a body, and closes the connection. A database that is unavailable is
    /// waited for, and a signal ends the wait.
    private func withConnection<Value: Sendable>(
        _ shutdown: Shutdown,
        _ body: (Store) async throws -> Value
    ) async throws -> Value {
        try await connected(shutdown).closing(after: body)
    }

    private func connected(_ shutdown: Shutdown) async throws -> Store {
        var outage = Outage(patience: settings.databasePatienceAtStart)
        while true {
            do {
                return try await shutdown.interrupting { try await Store.openForRun(database) }
            } catch let error as StoreError where error.isTransient {
                if outage.isFirst { waits(outage.sentence("the database", error.description)) }
                guard let wait = outage.failed(at: .now, jitter: .random(in: 0...1)) else { throw error }
                try await shutdown.interrupting { try await Task.sleep(for: wait) }
            }
        }
    }

    /// A second signal cancels what is in work. If the run has not ended a second later, because the database does not
    /// answer, it is given up: the next run takes over what it held.
    private func endAfterSecondSignal(_ shutdown: Shutdown) async throws {
        await shutdown.waitForCancellation()
        try await Task.sleep(for: .seconds(1))
        if shutdown.end == .stopped {
            throw RunError(.stopped, "stopped by a second signal; the next run takes over what was in work")
        }
    }
}

extension Store {
    /// Connects, and checks the schema and the rights that a run needs.
    ///
    /// - Throws: ``StoreError``.
    fileprivate static func openForRun(_ database: PostgresConfiguration) async throws -> Store {
        try await open(database).closing(unless: { try await $0.requireRights() })
    }
}

extension Run {
    private var deployment: Deployment {
        Deployment(environment: settings.environment, host: client.configuration.host)
    }

    /// Checks that the queue belongs to this deployment or to none yet, and that the report directory is the database's.
    /// The queue is pinned later, once the API has accepted the credentials.
    ///
    /// - Returns: The database's id.
    private func own(_ store: ReconnectingStore) async throws -> String {
        let pinned = try await store.retrying { store in try await store.deployment() }
        try pinned.require(deployment.environment, at: deployment.host)
        if let path = settings.reportsDirectory {
            try ReportDirectory(path: path, databaseID: pinned.databaseID).requireOwn()
        }
        return pinned.databaseID
    }
}

extension ProcessorSettings {
    var apiPatienceAtStart: Duration { waitsAtStart ? apiPatience : .zero }

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

    fileprivate var databasePatienceAtStart: Duration { waitsAtStart ? databasePatience : .zero }

    var limits: CallLimiter.Limits {
        CallLimiter.Limits(inFlight: concurrency, callsPerSecond: callsPerSecond, outagePatience: apiPatience)
    }
}
