import AtomicFiles
import Notary
public import Postgres
import Reports
import Store
public import SubjectRequests
public import TalonOne

/// What a run would find: whether all that it needs is there, and what is in the queue. Nothing is changed.
public struct DryRun: Sendable, Encodable {
    /// Something that was tried.
    public struct Check: Sendable, Encodable {
        /// What it is.
        public let what: String
        /// What is wrong with it; `nil` where it works.
        public let problem: String?
    }

    /// A new row that would be admitted.
    public struct NewDeadline: Sendable, Encodable {
        /// The row's number.
        public let request: Int64
        /// The right.
        public let right: String
        /// The dates that it would have.
        public let answerBy: CivilDate, latestLawful: CivilDate
    }

    /// A new row that would be refused.
    public struct Refusal: Sendable, Encodable {
        /// The row's number.
        public let request: Int64
        /// One sentence.
        public let reason: String
    }

    /// What was tried, in the order in which a run needs it.
    public private(set) var checks: [Check] = []
    /// What would end a run before it claims anything, as the run would throw it; `nil` where it would begin.
    public private(set) var failure: (any Error)?
    /// The deadlines of new rows, earliest first; of the first 1,000 rows.
    public private(set) var newDeadlines: [NewDeadline] = []
    /// New rows that would be admitted, and rows that are ready, by right.
    public private(set) var newByRight: [String: Int] = [:], readyByRight: [String: Int] = [:]
    /// Waiting rows by gate.
    public private(set) var waitingByReason: [String: Int] = [:]
    /// Rows that may only be claimed later, and rows that other runs hold.
    public private(set) var later = 0, running = 0
    /// New rows that would be refused; the first 1,000.
    public private(set) var refusals: [Refusal] = []
    /// Why erasures would be held back, as far as the present queue shows; `nil` where they would not.
    public private(set) var brake: String?

    /// The settings of the run, with the policy of the database; `nil` where it was not read.
    public private(set) var settings: ProcessorSettings?

    private var newUngatedErasures = 0

    private enum CodingKeys: String, CodingKey {
        case checks, newDeadlines, newByRight, readyByRight, waitingByReason, later, running, refusals, brake
    }

    /// Tries what a run with these settings needs, reads the queue, and finds what the run would do.
    ///
    /// - Throws: ``RunError`` where the queue cannot be read.
    public static func read(
        database: PostgresConfiguration,
        client: TalonOneClient,
        settings: ProcessorSettings
    ) async throws -> DryRun {
        do {
            return try await Store.withConnection(database) { store in
                try await store.requireCurrentSchema()
                let pinned = try await store.deployment()
                try pinned.require(settings.environment, at: client.configuration.host)
                let settings = settings.tightened(by: try await store.policy())
                var dryRun = try await read(from: store, settings: settings)
                dryRun.settings = settings
                await dryRun.tryAll(store, pinned.databaseID, client, settings)
                return dryRun
            }
        } catch let error as StoreError {
            throw RunError(error)
        }
    }

    /// Reads the queue.
    private static func read(from store: Store, settings: ProcessorSettings) async throws -> DryRun {
        var dryRun = DryRun()
        var last: Int64 = 0
        while true {
            let new = try await store.newRequests(after: last, limit: 512)
            guard let end = new.last else { break }
            last = end.id
            for request in new { dryRun.add(request, settings.admission.verdict(on: request)) }
        }
        let incomplete = settings.facts.incompleteRights.map(\.rawValue)
        for group in try await store.openRequests() { dryRun.add(group, lacksTexts: incomplete.contains(group.kind)) }
        let earlier = try await store.erasuresOfEarlierRuns(environment: settings.environment, limit: 20)
        let due = try await store.dueErasures() + dryRun.newUngatedErasures
        dryRun.newDeadlines.sort { ($0.answerBy, $0.request) < ($1.answerBy, $1.request) }
        dryRun.brake = ErasureBrake(settings.brake, earlierRuns: earlier).reason(done: 0, due: due)?.description
        return dryRun
    }

    // MARK: - Trying

    /// Tries everything, in the order of ``Run/execute(_:)``.
    private mutating func tryAll(
        _ store: Store,
        _ databaseID: String,
        _ client: TalonOneClient,
        _ settings: ProcessorSettings
    ) async {
        await check("document templates") { _ = try DocumentTemplates.english() }
        if let path = settings.reportsDirectory {
            await check("report directory") {
                if let problem = ReportDirectory(path: path, databaseID: databaseID).problem() {
                    throw RunError(.configuration, problem)
                }
            }
        }
        await check("rights of the database role") { try await store.requireRights() }
        if let warnings = try? await store.serverLogWarnings() {
            checks.append(Check(what: "log of the database server", problem: warnings.first))
        }
        await check("API and its key") {
            switch await APISession(client, settings).preflight(patience: .zero, Shutdown()) {
            case nil: return
            case .credentialsRefused(let how): throw RunError(.credentialsRefused, how)
            case .canaryUnknown:
                throw RunError(.configuration, "\(RunEnd.canaryUnknown.sentence). \(RunEnd.canaryAdvice)")
            case .wrongEnvironment(let how): throw RunError(.configuration, how)
            case let end?: throw RunError(.apiUnavailable, end.sentence)
            }
        }
        checks.append(Self.signing(settings.signing, databaseID))
        checks.append(Check(what: "texts in letters", problem: settings.facts.problem))
    }

    private mutating func check(_ what: String, _ body: () async throws -> Void) async {
        do {
            try await body()
            checks.append(Check(what: what, problem: nil))
        } catch {
            let error = (error as? StoreError).map(RunError.init) ?? error
            checks.append(Check(what: what, problem: "\(error)"))
            failure = failure ?? error
        }
    }

    /// Evidence that cannot be signed does not keep a run from its work.
    private static func signing(_ signing: EvidenceSigning, _ databaseID: String) -> Check {
        let problem: String? =
            switch signing {
            case .unconfigured: "no key is configured; make one with 'dsr evidence key'"
            case .keyUnusable(let sentence): sentence
            case .signing(_, let directory):
                directory.flatMap {
                    ReportDirectory.problem(of: $0.path, named: "checkpoint directory", createsParents: true)
                        ?? $0.owned(byDatabase: databaseID).problem()
                }
            }
        return Check(what: "signing of the evidence log", problem: problem)
    }

    // MARK: - The queue

    private mutating func add(_ request: NewRequest, _ verdict: Admission.Verdict) {
        switch verdict {
        case .admitted(_, let deadline, let needs):
            if newDeadlines.count < 1_000 {
                newDeadlines.append(
                    NewDeadline(
                        request: request.id,
                        right: request.kind,
                        answerBy: deadline.answerBy,
                        latestLawful: deadline.latestLawful
                    )
                )
            }
            newByRight[request.kind, default: 0] += 1
            if request.kind == Right.erasure.rawValue, needs == GateNeeds() { newUngatedErasures += 1 }
        case .refused(let refusal):
            guard refusals.count < 1_000 else { return }
            refusals.append(Refusal(request: request.id, reason: refusal.reason))
        }
    }

    private mutating func add(_ group: OpenGroup, lacksTexts: Bool) {
        switch group.state {
        case .pending where lacksTexts && !group.isLater:
            waitingByReason[Gate.controllerTexts.rawValue, default: 0] += group.count
        case .waiting: waitingByReason[group.waitingFor?.rawValue ?? "", default: 0] += group.count
        case .running: running += group.count
        default:
            if group.isLater { later += group.count } else { readyByRight[group.kind, default: 0] += group.count }
        }
    }
}
