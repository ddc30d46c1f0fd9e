import Configuration

/// Where settings come from: environment variables, one YAML file, and the defaults of the table.
struct SettingSources: Sendable {
    private let variables: [String]
    private let environment: EnvironmentVariablesProvider
    private let file: SettingsFile?

    init(environment: [String: String], file: SettingsFile? = nil) {
        // An empty variable counts as not set.
        let environment = environment.filter { !$0.value.isEmpty }
        self.variables = environment.keys.sorted()
        self.environment = EnvironmentVariablesProvider(environmentVariables: environment, secretsSpecifier: .all)
        self.file = file
    }

    /// The value of a row before it is read; `nil` only where it is not set and has no default.
    func raw(_ row: any SettingRow) throws -> RawSetting? {
        let value = try given(row.name, isList: row.isList)
        guard row.isSecret, let path = try given(row.name.ofFile, isList: false) else {
            return value ?? standard(of: row)
        }
        guard value == nil else {
            throw Failure(.configuration, "\(row.name) and \(row.name.ofFile) are both set; set one of them")
        }
        guard case .text(let path) = path else {
            throw Failure(.configuration, "\(row.name.ofFile) must be a path, and not a list")
        }
        return .file(path, row.name.ofFile)
    }

    private func given(_ name: SettingName, isList: Bool) throws -> RawSetting? {
        if let text = try environment.environmentValue(forName: name.variable) { return raw(text, isList) }
        return try file?.value(of: name)
    }

    private func standard(of row: any SettingRow) -> RawSetting? {
        guard case .value(let text) = row.standard else { return nil }
        return raw(text, row.isList)
    }

    private func raw(_ text: String, _ isList: Bool) -> RawSetting {
        isList ? .list(text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)) : .text(text)
    }

    // MARK: - Unknown names

    /// - Throws: ``Failure`` for the first key, or variable with the prefix of a setting, that is not in the table.
    func refuseUnknownNames() throws {
        let names = SettingsTable.rows.flatMap(\.names)
        for key in file?.keys ?? [] where !names.contains(where: { $0.key == key }) {
            if let member = names.first(where: { $0.key.hasPrefix(key + ".") }) {
                // A group whose settings are all commented out.
                if file?.isEmpty(key) == true { continue }
                throw Failure(
                    .configuration,
                    "\(key) in the configuration file must be a group of settings, for example with \(member.key)"
                )
            }
            let nearest = NearestName.to(key, in: names.map(\.key))
            throw unknown("\(SettingsFile.shown(key)) in the configuration file", names.first { $0.key == nearest })
        }
        for variable in variables where SettingsTable.claims(variable) && !SettingsTable.isAllowed(variable) {
            guard !names.contains(where: { $0.variable == variable }) else { continue }
            let nearest = NearestName.to(variable, in: names.map(\.variable))
            throw unknown("environment variable \(variable.printable)", names.first { $0.variable == nearest })
        }
    }

    private func unknown(_ what: String, _ nearest: SettingName?) -> Failure {
        Failure(
            .configuration,
            "unknown \(what)" + (nearest.map { "; did you mean \($0)?" } ?? "; remove it, or correct its name")
        )
    }
}
