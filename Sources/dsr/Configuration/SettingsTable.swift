import Foundation

/// All settings, in the order in which they are documented.
///
/// A setting is declared once, in its group. From the declaration it is read and checked, and documented in README.md.
enum SettingsTable {
    static let groups = [
        DatabaseSettings.group, TalonOneSettings.group, CallSettings.group, RunSettings.group, ReportSettings.group,
        DeadlineSettings.group, GateSettings.group, BrakeSettings.group, UnknownCustomerSettings.group,
        AttentionSettings.group,
        EvidenceSettings.group, ControllerSettings.group,
    ]

    static let rows = groups.flatMap(\.rows)

    /// Whether a variable with the prefix of a setting is allowed although it is not a setting: the path of the file, the
    /// variables of the test suite, and those with which a platform tells where a service named `dsr` or `talon-one` is.
    static func isAllowed(_ variable: String) -> Bool {
        variable == "DSR_CONFIG" || variable.hasPrefix("DSR_TEST_") || variable.hasPrefix("DSR_SOAK_")
            || isServiceLink(variable)
    }

    /// Whether a variable has the prefix of a setting, in any case and with any separator: `dsr_gates_approval` and
    /// `DSR.GATES-APPROVAL`, which no shell can set but a container can, are meant to be one.
    static func claims(_ variable: String) -> Bool {
        let name = variable.uppercased().trimmingCharacters(in: .whitespaces).replacing(/[-. ]/, with: "_")
        return name.hasPrefix("DSR_") || name.hasPrefix("TALON_ONE_")
    }

    /// The variables that Kubernetes and Docker set for each service that a container can reach.
    ///
    /// https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
    private static func isServiceLink(_ variable: String) -> Bool {
        let link =
            /[A-Z0-9_]+?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)/
        return variable.wholeMatch(of: link) != nil
    }
}

/// Settings that belong together.
struct SettingGroup: Sendable {
    let title: String
    let rows: [any SettingRow]
}
