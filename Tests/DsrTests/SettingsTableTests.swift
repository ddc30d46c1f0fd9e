import Foundation
import Testing

@testable import dsr

@Suite("The documentation of the settings is the table itself")
struct SettingsTableTests {
    /// With `DSR_TEST_WRITE_README` set, this writes the table into README.md and passes.
    @Test("README.md holds the table that the code renders")
    func readme() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../README.md")
        let text = try String(contentsOf: path, encoding: .utf8)
        let start = try #require(text.range(of: "<!-- settings -->\n"))
        let end = try #require(text.range(of: "\n<!-- /settings -->"))
        let table = text[start.upperBound..<end.lowerBound]
        if ProcessInfo.processInfo.environment["DSR_TEST_WRITE_README"] != nil {
            let written = text[..<start.upperBound] + SettingsTable.markdown + text[end.lowerBound...]
            try String(written).write(to: path, atomically: true, encoding: .utf8)
            return
        }
        #expect(
            table == SettingsTable.markdown,
            "run 'DSR_TEST_WRITE_README=1 swift test --filter SettingsTableTests' to write it"
        )
    }
}
