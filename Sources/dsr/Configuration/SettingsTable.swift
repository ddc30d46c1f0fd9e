/// All settings, in the order in which they are documented.
///
/// A setting is declared once, in its group. From the declaration it is read and checked, and documented in README.md.
enum SettingsTable {
    static let groups = [
        DatabaseSettings.group, TalonOneSettings.group, CallSettings.group, RunSettings.group, ReportSettings.group,
        DeadlineSettings.group, GateSettings.group, BrakeSettings.group, EvidenceSettings.group,
        ControllerSettings.group,
    ]

    static let rows = groups.flatMap(\.rows)

    /// Whether a variable with the prefix of a setting is allowed although it is not a setting: the path of the file, and
    /// the variables of the test suite.
    static func isAllowed(_ variable: String) -> Bool {
        variable == "DSR_CONFIG" || variable.hasPrefix("DSR_TEST_") || variable.hasPrefix("DSR_SOAK_")
    }

    /// Whether a variable has the prefix of a setting.
    static func claims(_ variable: String) -> Bool {
        variable.hasPrefix("DSR_") || variable.hasPrefix("TALON_ONE_")
    }
}

/// Settings that belong together.
struct SettingGroup: Sendable {
    let title: String
    let rows: [any SettingRow]
}
