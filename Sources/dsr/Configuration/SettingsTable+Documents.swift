enum ReportSettings {
    static let group = SettingGroup(title: "Documents", rows: [directory, controllerCopy, keepDays])

    static let directory = Setting(
        "reports.directory",
        "DSR_REPORTS_DIRECTORY",
        .path,
        default: .unset("none; `dsr run` needs it"),
        help: "Directory to which documents are written."
    )
    static let controllerCopy = Setting(
        "reports.controllerCopy",
        "DSR_REPORTS_CONTROLLER_COPY",
        .flag,
        default: .value("false"),
        help: "Whether each export comes with a copy of the whole inventory, for the controller only."
    )
    static let keepDays = Setting(
        "reports.keepDays",
        "DSR_REPORTS_KEEP_DAYS",
        .number(0...365),
        default: .value("30"),
        help: "Days for which a document stays in the database after it was written to the directory."
    )
}

enum EvidenceSettings {
    static let group = SettingGroup(
        title: "Evidence and erased customers",
        rows: [
            key, directory, attributeNames, resultsPerCheckpoint, subjectKey, oldSubjectKeys, reappearanceDays,
            replayDays,
        ]
    )

    static let key = Setting(
        "evidence.key",
        "DSR_EVIDENCE_KEY",
        .secret,
        default: .unset("none: the evidence log is not signed"),
        help: "Signing key of the evidence log, made by `dsr evidence key`."
    )
    static let directory = Setting(
        "evidence.directory",
        "DSR_EVIDENCE_DIRECTORY",
        .path,
        default: .unset("none: checkpoints stay in the database only"),
        help: "Directory to which signed checkpoints are written."
    )
    static let attributeNames = Setting(
        "evidence.attributeNames",
        "DSR_EVIDENCE_ATTRIBUTE_NAMES",
        .flag,
        default: .value("false"),
        help: "Whether the evidence of a rectification holds the names of the attributes."
    )
    static let resultsPerCheckpoint = Setting(
        "evidence.resultsPerCheckpoint",
        "DSR_EVIDENCE_RESULTS_PER_CHECKPOINT",
        .number(1...1_000_000),
        default: .value("10000"),
        help: "Number of results after which a run signs a checkpoint."
    )
    static let subjectKey = Setting(
        "subject.key",
        "DSR_SUBJECT_KEY",
        .secret,
        default: .unset("none: erased customers cannot be found again"),
        help: "Key of the digests by which an erased customer is found, made by `dsr evidence key --kind subject`."
    )
    static let oldSubjectKeys = Setting(
        "subject.oldKeyFiles",
        "DSR_SUBJECT_OLD_KEY_FILES",
        .paths,
        default: .unset("none"),
        help: "Files of earlier subject keys: customers are found with them too, and new digests are made with "
            + "`subject.key` alone."
    )
    static let reappearanceDays = Setting(
        "reappearance.days",
        "DSR_REAPPEARANCE_DAYS",
        .number(0...29),
        default: .value("0"),
        help: "Days after an erasure until the recheck for a reappeared customer; 0 means no recheck."
    )
    static let replayDays = Setting(
        "replay.maximumDays",
        "DSR_REPLAY_MAXIMUM_DAYS",
        .number(1...3_650),
        default: .value("30"),
        help: "Days that `dsr replay --since` may reach back: as long as backups of Talon.One are kept."
    )
}

/// The controller's own words for letters. A request whose answer lacks one that it must contain waits.
enum ControllerSettings {
    static let group = SettingGroup(
        title: "Texts in letters",
        rows: [
            name, contact, dataProtectionOfficer, supervisoryAuthority, purposes, recipients, retention,
            evidenceRetention, source, transfers, automatedDecisions,
        ]
    )

    private static func text(_ key: String, _ variable: String, _ help: String) -> Setting<String> {
        Setting(key, variable, .text(), default: .unset("none"), help: help)
    }

    private static func texts(_ key: String, _ variable: String, _ help: String) -> Setting<[String]> {
        Setting(key, variable, .texts, default: .unset("none"), help: help)
    }

    static let name = text("controller.name", "DSR_CONTROLLER_NAME", "Name of the controller.")
    static let contact = texts("controller.contact", "DSR_CONTROLLER_CONTACT", "Postal address and e-mail address.")
    static let dataProtectionOfficer = text(
        "controller.dataProtectionOfficer",
        "DSR_CONTROLLER_DATA_PROTECTION_OFFICER",
        "How to reach the data protection officer."
    )
    static let supervisoryAuthority = text(
        "controller.supervisoryAuthority",
        "DSR_CONTROLLER_SUPERVISORY_AUTHORITY",
        "Supervisory authority for a complaint."
    )
    static let purposes = texts("controller.purposes", "DSR_CONTROLLER_PURPOSES", "What the data is used for.")
    static let recipients = texts("controller.recipients", "DSR_CONTROLLER_RECIPIENTS", "Who receives the data.")
    static let retention = text("controller.retention", "DSR_CONTROLLER_RETENTION", "How long the data is kept.")
    static let evidenceRetention = text(
        "controller.evidenceRetention",
        "DSR_CONTROLLER_EVIDENCE_RETENTION",
        "How long the evidence of a request is kept."
    )
    static let source = text("controller.source", "DSR_CONTROLLER_SOURCE", "Where the data comes from.")
    static let transfers = text(
        "controller.transfers",
        "DSR_CONTROLLER_TRANSFERS",
        "Transfers to third countries and their safeguards."
    )
    static let automatedDecisions = text(
        "controller.automatedDecisions",
        "DSR_CONTROLLER_AUTOMATED_DECISIONS",
        "Automated decisions, their logic and consequences."
    )
}
