/// All settings, in the order in which they are documented.
///
/// A setting is declared once, in its group. The table reads it from the environment and the YAML file, refuses what it
/// does not know, and renders the documentation.
enum SettingsTable {
    static let groups = [
        DatabaseSettings.group, TalonOneSettings.group, CallSettings.group, RunSettings.group, ReportSettings.group,
        DeadlineSettings.group, GateSettings.group, BrakeSettings.group, EvidenceSettings.group,
        ControllerSettings.group,
    ]

    static let rows = groups.flatMap(\.rows)

    /// Variables that begin as the settings' do and are none: the path of the file, and those of the test suite.
    static func isAllowed(_ variable: String) -> Bool {
        variable == "DSR_CONFIG" || variable.hasPrefix("DSR_TEST_") || variable.hasPrefix("DSR_SOAK_")
    }

    /// Whether a variable is, or is meant to be, one of dsr's.
    static func claims(_ variable: String) -> Bool {
        variable.hasPrefix("DSR_") || variable.hasPrefix("TALON_ONE_")
    }
}

/// Settings of one subject.
struct SettingGroup: Sendable {
    let title: String
    let rows: [any SettingRow]
}
