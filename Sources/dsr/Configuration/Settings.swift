/// All settings that are set, read and checked: environment variables over the YAML file over defaults.
struct Settings: Sendable {
    /// By key, what the row of that key has read.
    private let values: [String: any Sendable]

    /// - Throws: ``Failure`` `.configuration` for a name that is not in the table, or a value that is not expected.
    init(_ sources: SettingSources) throws {
        try sources.refuseUnknownNames()
        values = try SettingsTable.rows.reduce(into: [:]) { values, row in
            if let raw = try sources.raw(row) { values[row.name.key] = try row.value(of: raw) }
        }
    }

    /// The value of a setting; `nil` only where it is not set and has no default.
    subscript<Value>(_ setting: Setting<Value>) -> Value? {
        values[setting.name.key] as? Value
    }

    func required<Value>(_ setting: Setting<Value>) throws -> Value {
        guard let value = self[setting] else {
            throw Failure(.configuration, "\(setting.name) is not set; it must be \(setting.type.expectation)")
        }
        return value
    }
}
