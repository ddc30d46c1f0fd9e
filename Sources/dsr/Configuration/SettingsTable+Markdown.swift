/// The table as documentation.
extension SettingsTable {
    /// A Markdown table of all settings, for README.md.
    static var markdown: String {
        let heading = ["variable", "key in the file", "value", "default", "meaning"]
        let lines = groups.flatMap { group in
            [["**\(group.title)**", "", "", "", ""]] + group.rows.map(cells)
        }
        return ([heading, heading.map { _ in "---" }] + lines).map { "| \($0.joined(separator: " | ")) |" }
            .joined(separator: "\n")
    }

    private static func cells(_ row: any SettingRow) -> [String] {
        let standard =
            switch row.standard {
            case .value(let text): "`\(text)`"
            case .unset(let meaning): meaning
            }
        return [
            row.names.map { "`\($0.variable)`" }.joined(separator: ", "),
            row.names.map { "`\($0.key)`" }.joined(separator: ", "), row.expectation, standard, row.help,
        ]
    }
}
