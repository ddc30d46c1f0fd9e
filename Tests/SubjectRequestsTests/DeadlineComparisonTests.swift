import Foundation
import PublicHolidays
import SubjectRequests
import Subprocess
import Testing

@Suite("Deadlines, compared with a second implementation")
struct DeadlineComparisonTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    private static let isRequired = ProcessInfo.processInfo.environment["DSR_TEST_PYTHON"] == "required"
    private static let hasPython = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/python3")
    }

    @Test(
        "deadlines of ten years of receipts in three countries agree with an independent program",
        .enabled(if: hasPython || isRequired, "python3 is not installed")
    )
    func tenYears() async throws {
        let countries = ["DE", "ES", "PL"]
        let holidays = Self.folder.appending(path: "../../Sources/PublicHolidays/holidays.txt").standardized.path
        let result = try await Subprocess.run(
            .name("python3"),
            arguments: Arguments([Self.folder.appending(path: "deadlines.py").path, holidays] + countries),
            output: .string(limit: 4 << 20),
            error: .string(limit: 1 << 16)
        )
        try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
        let expected = result.standardOutput.split(separator: "\n")
        #expect(expected.count == 3 * 3_653)

        var differences: [String] = []
        for (place, country) in countries.enumerated() {
            let calendar = try #require(PublicHolidays.calendar(country: country))
            let rules = DeadlineRules(zone: .gmt, calendar: calendar)
            var received = try day("2024-01-01")
            for line in expected[(place * 3_653)..<(place + 1) * 3_653] {
                let instant = Date(timeIntervalSince1970: Double(received.days(since: try day("1970-01-01"))) * 86_400)
                let month = rules.deadline(receivedAt: instant)
                let three = rules.deadline(receivedAt: instant, extensionToldOn: received)
                let found =
                    "\(country) \(month.receivedOn) \(month.answerBy) \(month.latestLawful) "
                    + "\(received.adding(months: 3)) \(three.latestLawful)"
                if found != line { differences.append("\(found), not \(line)") }
                received = received.adding(days: 1)
            }
        }
        #expect(differences.prefix(5) == [])
    }
}
