import ArgumentParser
import CallPolicy
import Configuration
import EvidenceLog
import Foundation
import Notary
import Postgres
import Processor
import Reports
import SubjectRequests
import SystemPackage
import TalonOne

/// The effective configuration: environment variables over one YAML file over defaults.
///
/// dsr's own keys are `DSR_` and the key's path in the environment; the API's are `TALON_ONE_…`; Postgres is
/// configured by its connection string or the `PG*` variables, which go to libpq untouched.
struct DsrConfiguration {
    let own: ConfigReader
    let api: ConfigReader

    /// - Parameter path: The YAML file; `nil` for `DSR_CONFIG`, or no file.
    /// - Throws: ``Failure`` `.configuration` where the file cannot be read as YAML.
    init(path: String?) async throws(Failure) {
        let environment = EnvironmentVariablesProvider()
        let path = path ?? ProcessInfo.processInfo.environment["DSR_CONFIG"]
        var files: [any ConfigProvider] = []
        if let path {
            do {
                files = [try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))]
            } catch {
                throw Failure(
                    .configuration,
                    "the configuration file \(path) cannot be read as YAML with keys and values; "
                        + "check that it is there, readable, and well-formed"
                )
            }
        }
        self.own = ConfigReader(providers: [environment.prefixKeys(with: "dsr")] + files)
        self.api = ConfigReader(providers: [environment] + files).scoped(to: "talonOne")
    }

    // MARK: - Parts

    /// Where the queue is.
    func database() throws(Failure) -> PostgresConfiguration {
        var database = PostgresConfiguration(connectionString: try secret("database.url", "DSR_DATABASE_URL", in: own))
        if let seconds = try number("database.statementTimeoutSeconds", 1...3_600) {
            database.statementTimeout = .seconds(seconds)
        }
        return database
    }

    /// Which of Talon.One's two sets of data the key belongs to. Obligatory: nothing here guesses it.
    func environment() throws(Failure) -> RequestFacts.Environment {
        guard let text = api.text("environment") else {
            throw Failure(.configuration, "TALON_ONE_ENVIRONMENT is not set; set it to live or sandbox")
        }
        guard let environment = RequestFacts.Environment(rawValue: text) else {
            throw Failure(.configuration, "TALON_ONE_ENVIRONMENT must be live or sandbox")
        }
        return environment
    }

    /// How to reach the API, and with which credentials.
    func talonOne() throws(Failure) -> TalonOneConfiguration {
        guard let baseURL = api.text("baseUrl") else {
            throw Failure(
                .configuration,
                "TALON_ONE_BASE_URL is not set; it looks like https://example.europe-west1.talon.one"
            )
        }
        let authentication = try authentication()
        var configuration: TalonOneConfiguration
        do throws(TalonOneError) {
            configuration = try TalonOneConfiguration(
                baseURL: baseURL,
                authentication: authentication,
                userAgentVersion: Version.current
            )
        } catch {
            throw Failure(error)
        }
        if let dialect: TalonOneConfiguration.Dialect = try choice("dialect", "TALON_ONE_DIALECT", in: api) {
            configuration.dialect = dialect
        }
        if let signature: TalonOneConfiguration.EmptyBodySignature = try choice(
            "emptyBodySignature",
            "TALON_ONE_EMPTY_BODY_SIGNATURE",
            in: api
        ) {
            configuration.emptyBodySignature = signature
        }
        if let seconds = try number("call.timeoutSeconds", 1...600) { configuration.deadline = .seconds(seconds) }
        if let cap = try number("call.maximumBodyMebibytes", 1...512) { configuration.bodyCap = cap << 20 }
        return configuration
    }

    /// How a run works.
    func processor(actor: String) throws(Failure) -> ProcessorSettings {
        var settings = ProcessorSettings(
            environment: try environment(),
            admission: Admission(deadlines: try deadlines(), gates: try gates()),
            facts: facts(),
            evidenceRetention: own.text("controller.evidenceRetention"),
            reportsDirectory: own.text("reports.directory"),
            version: Version.current,
            host: ProcessInfo.processInfo.hostName,
            actor: actor
        )
        settings.signing = signing()
        settings.subjectKey = try subjectKey()
        settings.brake = try brake()
        settings.recheck = try recheck()
        settings.namesAttributes = try flag("evidence.attributeNames") ?? false
        if let results = try number("evidence.resultsPerHead", 1...1_000_000) { settings.resultsPerHead = results }
        if let concurrency = try number("concurrency", 1...1_024) { settings.concurrency = concurrency }
        if let names = own.stringArray(forKey: "sections") { settings.sections = try sections(names) }
        if let seconds = try number("lease.seconds", 2...3_600) { settings.lease = .seconds(seconds) }
        if let tries = try number("retry.quickTries", 1...10) { settings.retry.quickTries = tries }
        if let budget = try number("retry.failureBudget", 1...100) { settings.retry.failureBudget = budget }
        if let wait = try number("retry.waitSeconds", 0...3_600) { settings.retry.queue.base = .seconds(wait) }
        if let rate = try number("call.maximumPerSecond", 1...1_000_000) { settings.callsPerSecond = Double(rate) }
        if let seconds = try number("call.patienceSeconds", 0...86_400) { settings.apiPatience = .seconds(seconds) }
        if let seconds = try number("database.patienceSeconds", 0...86_400) {
            settings.databasePatience = .seconds(seconds)
        }
        if let seconds = try number("grace.seconds", 0...86_400) { settings.grace = .seconds(seconds) }
        return settings
    }

    // MARK: - Evidence

    /// Where signed heads are filed outside the database.
    var checkpointDirectory: CheckpointDirectory? {
        own.text("evidence.directory").map(CheckpointDirectory.init(path:))
    }

    /// The log's signing key; `nil` where none is configured.
    func signingKey() throws(Failure) -> SigningKey? {
        guard let text = try secret("evidence.key", "DSR_EVIDENCE_KEY", in: own) else { return nil }
        do {
            return try SigningKey(text)
        } catch {
            throw Failure(.configuration, "the evidence key is not one that 'dsr evidence key' makes: \(error)")
        }
    }

    /// How a run signs: a key that cannot be used stops the signing, and nothing else.
    private func signing() -> EvidenceSigning {
        do throws(Failure) {
            guard let key = try signingKey() else { return .unconfigured }
            return .signing(key, checkpointDirectory)
        } catch {
            return .keyUnusable(error.sentence)
        }
    }

    /// The key of the digests that find a person's requests again.
    func subjectKey() throws(Failure) -> SubjectKey? {
        guard let text = try secret("subject.key", "DSR_SUBJECT_KEY", in: own) else { return nil }
        guard let key = SubjectKey(hexadecimal: text) else {
            throw Failure(
                .configuration,
                "the subject key is not the 64 hexadecimal digits that 'dsr evidence key' makes"
            )
        }
        return key
    }

    // MARK: - Values

    private func authentication() throws(Failure) -> Authentication {
        let key = try secret("apiKey", "TALON_ONE_API_KEY", in: api)
        let applicationKey = try secret("applicationKey", "TALON_ONE_APPLICATION_KEY", in: api)
        switch (key, applicationKey) {
        case (let key?, nil):
            return .apiKey(key)
        case (nil, let applicationKey?):
            guard let id = api.text("applicationId").flatMap({ Int($0) }) else {
                throw Failure(.configuration, "TALON_ONE_APPLICATION_ID must be the Application's number")
            }
            return .applicationKey(id: id, key: applicationKey)
        case (nil, nil):
            throw Failure(
                .configuration,
                "no credentials: set TALON_ONE_API_KEY, or TALON_ONE_APPLICATION_ID and TALON_ONE_APPLICATION_KEY"
            )
        case (_?, _?):
            throw Failure(
                .configuration,
                "both TALON_ONE_API_KEY and TALON_ONE_APPLICATION_KEY are set; set one of them"
            )
        }
    }

    private func sections(_ names: [String]) throws(Failure) -> Set<InventorySection> {
        var sections: Set<InventorySection> = []
        for name in names {
            guard let section = InventorySection(rawValue: name.trimmingCharacters(in: .whitespaces)) else {
                throw Failure(
                    .configuration,
                    "DSR_SECTIONS lists an unknown section; known are "
                        + InventorySection.allCases.map(\.rawValue).joined(separator: ", ")
                )
            }
            sections.insert(section)
        }
        guard sections.contains(.profile) else {
            throw Failure(.configuration, "DSR_SECTIONS must contain profile: without it no customer can be recognised")
        }
        return sections
    }

    private func facts() -> ControllerFacts {
        let controller = own.scoped(to: "controller")
        func lines(_ key: ConfigKey) -> [String] {
            controller.stringArray(forKey: key) ?? controller.text(key).map { [$0] } ?? []
        }
        return ControllerFacts(
            name: controller.text("name"),
            contact: lines("contact"),
            dataProtectionOfficer: controller.text("dataProtectionOfficer"),
            supervisoryAuthority: controller.text("supervisoryAuthority"),
            purposes: lines("purposes"),
            recipients: lines("recipients"),
            retention: controller.text("retention"),
            source: controller.text("source"),
            transfers: controller.text("transfers"),
            automatedDecisions: controller.text("automatedDecisions")
        )
    }

    func flag(_ key: String) throws(Failure) -> Bool? {
        guard let text = own.text(ConfigKey(key)) else { return nil }
        switch text.lowercased() {
        case "true", "yes", "1", "on": return true
        case "false", "no", "0", "off": return false
        default: throw Failure(.configuration, "\(key) must be true or false")
        }
    }

    func number(_ key: String, _ range: ClosedRange<Int>) throws(Failure) -> Int? {
        guard let text = own.text(ConfigKey(key)) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Failure(
                .configuration,
                "\(key) must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String,
        _ variable: String,
        in reader: ConfigReader
    ) throws(Failure) -> Choice? where Choice.RawValue == String {
        guard let text = reader.text(ConfigKey(key)) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw Failure(
                .configuration,
                "\(variable) must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        return choice
    }

    /// A secret from its variable, or from the file that the variable with `_FILE` names.
    private func secret(_ key: String, _ variable: String, in reader: ConfigReader) throws(Failure) -> String? {
        if let value = reader.text(ConfigKey(key)) { return value }
        guard let path = reader.text(ConfigKey("\(key)File")) else { return nil }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Failure(.configuration, "the file that \(variable)_FILE names cannot be read")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

extension ConfigReader {
    /// A value as text. An empty one counts as not set, as is usual for environment variables.
    func text(_ key: ConfigKey) -> String? {
        guard let text = string(forKey: key, isSecret: true), !text.isEmpty else { return nil }
        return text
    }
}

/// The options every command has that works on the queue or the API.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "YAML file with settings; environment variables go before it. Default: DSR_CONFIG.",
            valueName: "file"
        )
    )
    var config: String?

    func load() async throws(Failure) -> DsrConfiguration {
        try await DsrConfiguration(path: config)
    }
}
