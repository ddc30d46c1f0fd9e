import Reports
import SubjectRequests
import TalonOne

enum DatabaseSettings {
    static let group = SettingGroup(title: "Database", rows: [url, statementTimeout, patience])

    static let url = Setting(
        "database.url",
        "DSR_DATABASE_URL",
        .secret,
        default: .unset("the `PG*` variables"),
        help: "Connection string or URI of the Postgres database; see [Connections](#connections)."
    )
    static let statementTimeout = Setting(
        "database.statementTimeoutSeconds",
        "DSR_DATABASE_STATEMENT_TIMEOUT_SECONDS",
        .seconds(1...3_600),
        default: .value("60"),
        help: "Timeout of one statement."
    )
    static let patience = Setting(
        "database.patienceSeconds",
        "DSR_DATABASE_PATIENCE_SECONDS",
        .seconds(0...86_400),
        default: .value("300"),
        help: "How long the database may be unavailable before the run ends with exit code 69."
    )
}

enum TalonOneSettings {
    static let group = SettingGroup(
        title: "Talon.One",
        rows: [
            baseURL, environment, apiKey, applicationID, applicationKey, caFile, allowPlaintext, dialect,
            emptyBodySignature, sections, optionalSections, canary,
        ]
    )

    static let baseURL = Setting(
        "talonOne.baseUrl",
        "TALON_ONE_BASE_URL",
        .text(example: "https://example.europe-west1.talon.one"),
        default: .unset("none"),
        help: "Base URL of the Talon.One deployment."
    )
    static let environment = Setting(
        "talonOne.environment",
        "TALON_ONE_ENVIRONMENT",
        .choice(Environment.self),
        default: .unset("none; it is never guessed"),
        help: "The environment that the credentials belong to."
    )
    static let apiKey = Setting(
        "talonOne.apiKey",
        "TALON_ONE_API_KEY",
        .secret,
        default: .unset("none"),
        help: "API key of the Integration API."
    )
    static let applicationID = Setting(
        "talonOne.applicationId",
        "TALON_ONE_APPLICATION_ID",
        .number(1...1_000_000_000),
        default: .unset("none"),
        help: "Number of the Application, for the older signed scheme instead of an API key."
    )
    static let applicationKey = Setting(
        "talonOne.applicationKey",
        "TALON_ONE_APPLICATION_KEY",
        .secret,
        default: .unset("none"),
        help: "Key of the Application, for the older signed scheme instead of an API key."
    )
    static let caFile = Setting(
        "talonOne.caFile",
        "TALON_ONE_CA_FILE",
        .path,
        default: .unset("`SSL_CERT_FILE` and `SSL_CERT_DIR`, or the system's authorities"),
        help: "PEM file with the only certificate authorities to trust."
    )
    static let allowPlaintext = Setting(
        "talonOne.allowPlaintext",
        "TALON_ONE_ALLOW_PLAINTEXT",
        .flag,
        default: .value("false"),
        help: "Whether the base URL may be `http://` with a host other than this machine."
    )
    static let dialect = Setting(
        "talonOne.dialect",
        "TALON_ONE_DIALECT",
        .choice(TalonOneConfiguration.Dialect.self),
        default: .value("discover"),
        help: "API version to call; `discover` starts with version 1 and changes to version 2 where needed."
    )
    static let emptyBodySignature = Setting(
        "talonOne.emptyBodySignature",
        "TALON_ONE_EMPTY_BODY_SIGNATURE",
        .choice(TalonOneConfiguration.EmptyBodySignature.self),
        default: .value("signEmpty"),
        help: "How the signed scheme signs a call without a body."
    )
    static let sections = Setting(
        "sections",
        "DSR_SECTIONS",
        .choices(InventorySection.self),
        default: .unset("all six"),
        help: "Sections of the customer inventory to read; `profile` is required."
    )
    static let optionalSections = Setting(
        "talonOne.optionalSections",
        "TALON_ONE_OPTIONAL_SECTIONS",
        .choices(InventorySection.self),
        default: .unset("none"),
        help:
            "Sections that the deployment does not have, or leaves out where they are empty. Any other section that is "
            + "asked for and missing makes an answer unreadable."
    )
    static let canary = Setting(
        "talonOne.canaryCustomer",
        "TALON_ONE_CANARY_CUSTOMER",
        .secret,
        default: .unset("none: nothing shows before the first claim that customers are known"),
        help:
            "Id of a customer who always exists. A run reads it first, and stops with exit code 78 where it is unknown."
    )
}

enum CallSettings {
    static let group = SettingGroup(
        title: "Calls",
        rows: [timeout, maximumPerSecond, patience, maximumBody, quickTries, retryWait, failureBudget]
    )

    static let timeout = Setting(
        "call.timeoutSeconds",
        "DSR_CALL_TIMEOUT_SECONDS",
        .seconds(1...600),
        default: .value("30"),
        help: "Timeout of one API call in total."
    )
    static let maximumPerSecond = Setting(
        "call.maximumPerSecond",
        "DSR_CALL_MAXIMUM_PER_SECOND",
        .number(1...1_000_000),
        default: .unset("none"),
        help: "Maximum number of API calls per second; `--max-rate` overrides it."
    )
    static let patience = Setting(
        "call.patienceSeconds",
        "DSR_CALL_PATIENCE_SECONDS",
        .seconds(0...86_400),
        default: .value("300"),
        help: "How long the API may be unavailable before the run ends with exit code 69."
    )
    static let maximumBody = Setting(
        "call.maximumBodyMebibytes",
        "DSR_CALL_MAXIMUM_BODY_MEBIBYTES",
        .number(1...512),
        default: .value("64"),
        help: "Largest API response that is accepted, in MiB."
    )
    static let quickTries = Setting(
        "retry.quickTries",
        "DSR_RETRY_QUICK_TRIES",
        .number(1...10),
        default: .value("3"),
        help: "Attempts of one call before the request goes back to the queue."
    )
    static let retryWait = Setting(
        "retry.waitSeconds",
        "DSR_RETRY_WAIT_SECONDS",
        .seconds(0...3_600),
        default: .value("60"),
        help: "First wait of a request that went back to the queue; later waits grow."
    )
    static let failureBudget = Setting(
        "retry.failureBudget",
        "DSR_RETRY_FAILURE_BUDGET",
        .number(1...100),
        default: .value("5"),
        help: "Failed attempts after which a request needs action."
    )
}

enum RunSettings {
    static let group = SettingGroup(title: "Runs", rows: [concurrency, grace, lease])

    static let concurrency = Setting(
        "concurrency",
        "DSR_CONCURRENCY",
        .number(1...1_024),
        default: .value("16"),
        help: "Number of requests that are processed at the same time."
    )
    static let grace = Setting(
        "grace.seconds",
        "DSR_GRACE_SECONDS",
        .seconds(0...86_400),
        default: .value("60"),
        help: "How long calls in flight may continue after a shutdown began; `--grace` overrides it."
    )
    static let lease = Setting(
        "lease.seconds",
        "DSR_LEASE_SECONDS",
        .seconds(2...3_600),
        default: .value("60"),
        help: "Time without a sign of life after which other runs take over the requests of a run."
    )
}
