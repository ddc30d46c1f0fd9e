import Foundation
import PublicHolidays
import SubjectRequests
import Testing

@Suite("docs/deadlines-and-gates.md")
struct DocumentationTests {
    private let text: String

    init() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/deadlines-and-gates.md").standardized
        text = try String(contentsOf: path, encoding: .utf8)
    }

    /// The cells of the only table row that starts with a word.
    private func cells(_ word: String) throws -> [String] {
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `\(word)` |") }
        try #require(rows.count == 1, "\(word)")
        return rows[0].split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    @Test("the worked example is what dsr prints")
    func workedExample() throws {
        let calendar = try #require(PublicHolidays.calendar(country: "DE"))
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let received = try Date("2026-03-05T11:00:00Z", strategy: .iso8601)
        let deadline = DeadlineRules(zone: zone, calendar: calendar).deadline(receivedAt: received)
        #expect(text.contains("```\n\(deadline.sentences.joined(separator: "\n"))\n```"))
    }

    @Test("every gate is listed with its command and with whether it needs action", arguments: Gate.allCases)
    func gates(gate: Gate) throws {
        let cells = try cells(gate.rawValue)
        #expect(cells[3] == (gate.needsAction ? "yes" : "no"))
        for command in ["verify", "resume", "approve", "--allow-spike", "DSR_SUBJECT_KEY_FILE"] {
            #expect(!gate.explanation.contains(command) || cells[2].contains(command), "\(command)")
        }
    }

    @Test("every ground of a refusal is listed with its article and right", arguments: RefusalGround.allCases)
    func grounds(ground: RefusalGround) throws {
        let cells = try cells(ground.rawValue)
        #expect("\(cells[1].prefix { $0 != ":" }) GDPR" == ground.article)
        #expect(cells[2] == (ground.right?.rawValue ?? "all"))
    }
}
