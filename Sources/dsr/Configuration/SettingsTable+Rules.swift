import SubjectRequests

enum DeadlineSettings {
    static let group = SettingGroup(
        title: "Deadlines",
        rows: [timeZone, country, region, calendarFile, suspensionEffect, promptDays]
    )

    static let timeZone = Setting(
        "timeZone",
        "DSR_TIME_ZONE",
        .text(example: "Europe/Berlin"),
        default: .value("GMT"),
        help: "Time zone in which days are counted."
    )
    static let country = Setting(
        "calendar.country",
        "DSR_CALENDAR_COUNTRY",
        .text(example: "DE"),
        default: .unset("none: deadlines are not moved to working days"),
        help: "Country whose public holidays move the end of a deadline."
    )
    static let region = Setting(
        "calendar.region",
        "DSR_CALENDAR_REGION",
        .text(example: "BE"),
        default: .unset("none"),
        help: "Region of the country, where it has public holidays of its own."
    )
    static let calendarFile = Setting(
        "calendar.file",
        "DSR_CALENDAR_FILE",
        .path,
        default: .unset("none"),
        help: "File with public holidays that overrides the built-in calendar."
    )
    static let suspensionEffect = Setting(
        "suspension.effect",
        "DSR_SUSPENSION_EFFECT",
        .choice(SuspensionPolicy.Effect.self),
        default: .value("pause"),
        help: "What a suspension does to the last lawful date."
    )
    static let promptDays = Setting(
        "suspension.promptDays",
        "DSR_SUSPENSION_PROMPT_DAYS",
        .number(0...30),
        default: .value("7"),
        help: "Days after receipt within which a question counts as asked promptly."
    )
}

enum GateSettings {
    static let group = SettingGroup(title: "Gates", rows: [identity, trustedChannels, approval, erasureWaitDays])

    static let identity = Setting(
        "gates.identity",
        "DSR_GATES_IDENTITY",
        .flag,
        default: .value("false"),
        help: "Whether a request waits until the requester's identity is verified, unless its channel is trusted."
    )
    static let trustedChannels = Setting(
        "gates.trustedChannels",
        "DSR_GATES_TRUSTED_CHANNELS",
        .names,
        default: .unset("none"),
        help: "Channels that have verified the identity themselves, for example a customer's account."
    )
    static let approval = Setting(
        "gates.approval",
        "DSR_GATES_APPROVAL",
        .flag,
        default: .value("false"),
        help: "Whether an erasure waits for the approval of an operator who did not request it."
    )
    static let erasureWaitDays = Setting(
        "gates.erasureWaitDays",
        "DSR_GATES_ERASURE_WAIT_DAYS",
        // The customer must have an answer within a month: the waiting period must leave time for it.
        .number(0...21),
        default: .value("0"),
        help: "Days that an erasure waits after its receipt."
    )
}

enum BrakeSettings {
    static let group = SettingGroup(title: "Erasure brake", rows: [maximumErasures, spikeFactor, spikeFloor])

    static let maximumErasures = Setting(
        "brake.maximumErasures",
        "DSR_BRAKE_MAXIMUM_ERASURES",
        .number(0...1_000_000_000),
        default: .value("1000"),
        help: "Maximum number of erasures in one run; 0 means no limit."
    )
    static let spikeFactor = Setting(
        "brake.spikeFactor",
        "DSR_BRAKE_SPIKE_FACTOR",
        .number(0...1_000),
        default: .value("10"),
        help: "How many times the median of earlier runs is too many erasures; 0 means no limit."
    )
    static let spikeFloor = Setting(
        "brake.spikeFloor",
        "DSR_BRAKE_SPIKE_FLOOR",
        .number(0...1_000_000_000),
        default: .value("50"),
        help: "Number of erasures that is never too many by `brake.spikeFactor`, and the limit of the first 5 runs."
    )
}

enum UnknownCustomerSettings {
    static let group = SettingGroup(title: "Unknown customers", rows: [percent, floor, keepDays, deleted])

    static let percent = Setting(
        "brake.unknownPercent",
        "DSR_BRAKE_UNKNOWN_PERCENT",
        .number(0...100),
        default: .value("50"),
        help:
            "Percentage of customers of a run that Talon.One may not know; with more, no answer \"no data\" is given. "
            + "0 switches the brake off."
    )
    static let floor = Setting(
        "brake.unknownFloor",
        "DSR_BRAKE_UNKNOWN_FLOOR",
        .number(0...1_000_000_000),
        default: .value("5"),
        help:
            "Number of unknown customers that is never too many by `brake.unknownPercent`, and of unknown customers that may "
            + "follow each other."
    )
    static let keepDays = Setting(
        "noData.keepDays",
        "DSR_NO_DATA_KEEP_DAYS",
        .number(1...365),
        default: .value("30"),
        help: "Days for which the identifier is kept after the answer that there is no data; the letter states them."
    )
    static let deleted = Setting(
        "erasure.deleteUnknown",
        "DSR_ERASURE_DELETE_UNKNOWN",
        .flag,
        default: .value("true"),
        help: "Whether an erasure sends its deletion although Talon.One says that the customer is unknown."
    )
}

enum AttentionSettings {
    static let group = SettingGroup(title: "What needs action", rows: [days])

    static let days = Setting(
        "attention.days",
        "DSR_ATTENTION_DAYS",
        .number(0...30),
        default: .value("7"),
        help: "Age in days after which a request that waits for identity, clarification or approval needs action."
    )
}
