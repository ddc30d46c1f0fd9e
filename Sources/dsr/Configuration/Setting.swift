/// One row of the table of settings: its two names, the values it accepts, its default, and what it does.
struct Setting<Value: Sendable>: Sendable {
    let name: SettingName
    let type: SettingType<Value>
    let standard: SettingDefault
    /// What the setting does, in one sentence.
    let help: String

    init(
        _ key: String,
        _ variable: String,
        _ type: SettingType<Value>,
        default standard: SettingDefault,
        help: String
    ) {
        self.name = SettingName(key: key, variable: variable)
        self.type = type
        self.standard = standard
        self.help = help
    }
}

/// The two spellings of one setting. Errors always show both.
struct SettingName: Hashable, Sendable, CustomStringConvertible {
    /// In the YAML file, as in `gates.approval`.
    let key: String
    /// In the environment, as in `DSR_GATES_APPROVAL`.
    let variable: String

    var description: String { "\(key) (\(variable))" }

    /// The name under which a secret's file is given.
    var ofFile: SettingName { SettingName(key: key + "File", variable: variable + "_FILE") }
}

/// What applies where a setting is not set.
enum SettingDefault: Sendable {
    /// This value, written as in the environment.
    case value(String)
    /// No value; the text says what that means.
    case unset(String)
}

/// A setting without its value's type, as the table lists it.
protocol SettingRow: Sendable {
    var name: SettingName { get }
    var standard: SettingDefault { get }
    var help: String { get }
    /// The values it accepts, to complete "must be …".
    var expectation: String { get }
    var isSecret: Bool { get }
    var isList: Bool { get }

    /// - Throws: ``Failure`` `.configuration` where the value is not one of the expected ones.
    func value(of raw: RawSetting) throws -> any Sendable
}

extension SettingRow {
    /// All names that set it: its own, and for a secret that of its file.
    var names: [SettingName] { isSecret ? [name, name.ofFile] : [name] }
}

extension Setting: SettingRow {
    var expectation: String { type.expectation }
    var isSecret: Bool { type.isSecret }
    var isList: Bool { type.isList }

    func value(of raw: RawSetting) throws -> any Sendable {
        do {
            try raw.refuseQuotes()
            return try type.parse(raw)
        } catch let misfit as SettingMisfit {
            throw Failure(
                .configuration,
                "\(name) must be \(type.expectation)" + (misfit.detail.map { ", \($0)" } ?? "")
            )
        }
    }
}
