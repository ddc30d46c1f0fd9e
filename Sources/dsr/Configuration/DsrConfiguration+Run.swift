import CallPolicy
import EvidenceLog
import Foundation
import Notary
import Processor
import Reports
import Store
import SubjectRequests
import TalonOne

/// How a run works, and how it signs.
extension DsrConfiguration {
    func processor(actor: String) throws -> ProcessorSettings {
        var run = ProcessorSettings(
            environment: try environment(),
            admission: Admission(deadlines: try deadlines(), gates: try gates()),
            facts: facts(),
            reportsDirectory: settings[ReportSettings.directory],
            version: Version.current,
            host: ProcessInfo.processInfo.hostName,
            actor: actor
        )
        run.signing = try signing()
        run.subjectKey = try subjectKey()
        run.earlierSubjectKeys = try Array(subjectKeys().dropFirst())
        run.brake = brake()
        run.unknownBrake = unknownBrake()
        if let days = settings[UnknownCustomerSettings.keepDays] { run.noDataKeepDays = days }
        run.recheck = recheck()
        if let copy = settings[ReportSettings.controllerCopy] { run.controllerCopy = copy }
        if let days = settings[ReportSettings.keepDays] { run.documentKeepDays = days }
        if let days = settings[AttentionSettings.days] { run.attentionDays = days }
        if let names = settings[EvidenceSettings.attributeNames] { run.namesAttributes = names }
        if let results = settings[EvidenceSettings.resultsPerCheckpoint] { run.resultsPerCheckpoint = results }
        if let concurrency = settings[RunSettings.concurrency] { run.concurrency = try affordable(concurrency) }
        if let sections = try sections() { run.sections = sections }
        run.optionalSections = try optionalSections()
        run.canary = try canary()
        if let deleted = settings[UnknownCustomerSettings.deleted] { run.deletesUnknownCustomers = deleted }
        if let lease = settings[RunSettings.lease] { run.lease = lease }
        if let tries = settings[CallSettings.quickTries] { run.retry.quickTries = tries }
        if let budget = settings[CallSettings.failureBudget] { run.retry.failureBudget = budget }
        if let wait = settings[CallSettings.retryWait] { run.retry.queue.base = wait }
        if let rate = settings[CallSettings.maximumPerSecond] { run.callsPerSecond = Double(rate) }
        if let patience = settings[CallSettings.patience] { run.apiPatience = patience }
        if let patience = settings[DatabaseSettings.patience] { run.databasePatience = patience }
        if let grace = settings[RunSettings.grace] { run.grace = grace }
        return run
    }

    /// The concurrency, where the process may open enough descriptors for it. Each request takes one, and so do the
    /// database, files, and event loops.
    private func affordable(_ concurrency: Int) throws -> Int {
        let others = 16 + 3 * ProcessInfo.processInfo.activeProcessorCount
        guard concurrency <= StandardDescriptors.limit - others else {
            throw Failure(
                .configuration,
                "\(RunSettings.concurrency.name) is \(concurrency.grouped), and the process may open no more than "
                    + "\(StandardDescriptors.limit.grouped) files and connections, of which it needs \(others) otherwise; "
                    + "lower it, or raise the hard limit ('ulimit -Hn')"
            )
        }
        return concurrency
    }

    private func sections() throws -> Set<InventorySection>? {
        guard let sections = settings[TalonOneSettings.sections] else { return nil }
        guard sections.contains(.profile) else {
            throw Failure(
                .configuration,
                "\(TalonOneSettings.sections.name) must contain profile; without it no customer can be recognised"
            )
        }
        return sections
    }

    /// The sections that an answer may lack.
    func optionalSections() throws -> Set<InventorySection> {
        let sections = settings[TalonOneSettings.optionalSections] ?? []
        guard !sections.contains(.profile) else {
            throw Failure(
                .configuration,
                "\(TalonOneSettings.optionalSections.name) must not contain profile; without it no customer can be recognised"
            )
        }
        return sections
    }

    /// The customer who must be known before a run claims anything. The id is never printed.
    private func canary() throws -> SubjectID? {
        guard let text = try settings[TalonOneSettings.canary]?.read() else { return nil }
        do {
            return try SubjectID(text)
        } catch {
            throw Failure(
                .configuration,
                "\(TalonOneSettings.canary.name) must be the integrationId of a customer: \(error.reason)"
            )
        }
    }

    /// The controller's texts in letters.
    func facts() -> ControllerFacts {
        ControllerFacts(
            name: settings[ControllerSettings.name],
            contact: settings[ControllerSettings.contact] ?? [],
            dataProtectionOfficer: settings[ControllerSettings.dataProtectionOfficer],
            supervisoryAuthority: settings[ControllerSettings.supervisoryAuthority],
            purposes: settings[ControllerSettings.purposes] ?? [],
            recipients: settings[ControllerSettings.recipients] ?? [],
            retention: settings[ControllerSettings.retention],
            evidenceRetention: settings[ControllerSettings.evidenceRetention],
            source: settings[ControllerSettings.source],
            transfers: settings[ControllerSettings.transfers],
            automatedDecisions: settings[ControllerSettings.automatedDecisions]
        )
    }

    // MARK: - Evidence

    /// Where checkpoints are written outside the database.
    var checkpointDirectory: CheckpointDirectory? {
        settings[EvidenceSettings.directory].map(CheckpointDirectory.init(path:))
    }

    /// The log's signing key; `nil` where none is configured.
    func signingKey() throws -> SigningKey? {
        guard let text = try settings[EvidenceSettings.key]?.read() else { return nil }
        do {
            return try SigningKey(text)
        } catch {
            throw Failure(
                .configuration,
                "\(EvidenceSettings.key.name) must be a key made by 'dsr evidence key': \(error)"
            )
        }
    }

    /// How a run signs. A key that cannot be used stops the signing, and nothing else; a key that others can read stops the
    /// run.
    private func signing() throws -> EvidenceSigning {
        try settings[EvidenceSettings.key]?.requirePrivacy()
        do {
            guard let key = try signingKey() else { return .unconfigured }
            return .signing(key, checkpointDirectory)
        } catch {
            return .keyUnusable(Failure(error).sentence)
        }
    }

    /// The keys of the digests by which an erased customer is found: the present one, then earlier ones.
    func subjectKeys() throws -> [SubjectKey] {
        guard let key = try subjectKey() else { return [] }
        let old = try (settings[EvidenceSettings.oldSubjectKeys] ?? []).map { path in
            let name = EvidenceSettings.oldSubjectKeys.name
            guard let content = try InputFile.readPrivate(path, as: "a file that \(name) names") else {
                throw Failure(.configuration, "\(name) names a file that \(InputFile.problem(of: path))")
            }
            guard let key = SubjectKey(hexadecimal: try Secret.secret(in: content, named: name)) else {
                throw Failure(
                    .configuration,
                    "\(EvidenceSettings.oldSubjectKeys.name) must name files made by 'dsr evidence key FILE --kind subject'"
                )
            }
            return key
        }
        return [key] + old
    }

    /// The key with which digests are made.
    func subjectKey() throws -> SubjectKey? {
        guard let text = try settings[EvidenceSettings.subjectKey]?.read() else { return nil }
        guard let key = SubjectKey(hexadecimal: text) else {
            throw Failure(
                .configuration,
                "\(EvidenceSettings.subjectKey.name) must be 64 hexadecimal digits, as made by "
                    + "'dsr evidence key FILE --kind subject'"
            )
        }
        return key
    }
}
