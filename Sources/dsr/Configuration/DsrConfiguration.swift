import CallPolicy
import Foundation
import Notary
import Postgres
import Processor
import Reports
import SubjectRequests
import TalonOne

/// The effective configuration, turned into the values that the parts of dsr take.
struct DsrConfiguration {
    let settings: Settings

    init(settings: Settings) {
        self.settings = settings
    }

    /// - Parameter path: The YAML file; `nil` for the one that `DSR_CONFIG` names, or none.
    /// - Throws: ``Failure`` `.configuration` where the file or a setting cannot be read.
    init(path: String?, environment: [String: String] = ProcessInfo.processInfo.environment) async throws {
        let named = environment["DSR_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        var file: SettingsFile?
        if let path = path ?? named { file = try SettingsFile(path: path) }
        settings = try Settings(SettingSources(environment: environment, file: file))
    }

    /// Where the queue is.
    func database() throws -> PostgresConfiguration {
        var database = PostgresConfiguration(connectionString: try settings[DatabaseSettings.url]?.read())
        if let timeout = settings[DatabaseSettings.statementTimeout] { database.statementTimeout = timeout }
        if let patience = settings[DatabaseSettings.patience] { database.connectPatience = patience }
        return database
    }

    /// The environment of Talon.One that the credentials belong to.
    func environment() throws -> Environment {
        try settings.required(TalonOneSettings.environment)
    }

    /// The host of the API, with its port where that is not the scheme's own; `nil` where no base URL is set.
    func host() throws -> String? {
        try settings[TalonOneSettings.baseURL].map { url in
            try named(TalonOneSettings.baseURL.name) { try TalonOneConfiguration.host(ofBaseURL: url) }
        }
    }

    /// How to reach the API, and with which credentials.
    func talonOne() throws -> TalonOneConfiguration {
        let baseURL = try settings.required(TalonOneSettings.baseURL)
        let allowPlaintext = settings[TalonOneSettings.allowPlaintext] ?? false
        try named(TalonOneSettings.baseURL.name) {
            try TalonOneConfiguration.validate(baseURL: baseURL, allowPlaintext: allowPlaintext)
        }
        var configuration = try TalonOneConfiguration(
            baseURL: baseURL,
            authentication: try authentication(),
            userAgentVersion: Version.current,
            allowPlaintext: allowPlaintext
        )
        if let dialect = settings[TalonOneSettings.dialect] { configuration.dialect = dialect }
        if let signature = settings[TalonOneSettings.emptyBodySignature] {
            configuration.emptyBodySignature = signature
        }
        if let timeout = settings[CallSettings.timeout] { configuration.deadline = timeout }
        if let mebibytes = settings[CallSettings.maximumBody] { configuration.bodyCap = mebibytes << 20 }
        return configuration
    }

    /// Says which setting a refusal of the client is about.
    private func named<Value>(_ name: SettingName, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as TalonOneError {
            throw Failure(.configuration, "\(name): \(error)")
        }
    }

    private func authentication() throws -> Authentication {
        let key = settings[TalonOneSettings.apiKey]
        let id = settings[TalonOneSettings.applicationID]
        let applicationKey = settings[TalonOneSettings.applicationKey]
        switch (key, id, applicationKey) {
        case (let key?, nil, nil):
            let authentication = Authentication.apiKey(try key.read())
            try named(TalonOneSettings.apiKey.name) { try authentication.validate() }
            return authentication
        case (nil, let id?, let applicationKey?):
            let authentication = Authentication.applicationKey(id: id, key: try applicationKey.read())
            try named(TalonOneSettings.applicationKey.name) { try authentication.validate() }
            return authentication
        case (nil, nil, nil):
            throw Failure(
                .configuration,
                "no credentials are set: set \(TalonOneSettings.apiKey.name), or both "
                    + "\(TalonOneSettings.applicationID.name) and \(TalonOneSettings.applicationKey.name)"
            )
        case (nil, nil, _?), (nil, _?, nil):
            throw Failure(
                .configuration,
                "\(TalonOneSettings.applicationID.name) and \(TalonOneSettings.applicationKey.name) need each other; "
                    + "set both"
            )
        case (_?, _, _):
            throw Failure(
                .configuration,
                "\(TalonOneSettings.apiKey.name) excludes \(TalonOneSettings.applicationID.name) and "
                    + "\(TalonOneSettings.applicationKey.name); remove one or the other"
            )
        }
    }
}
