import Foundation
import InventorySample
import Reports
import SubjectRequests
import Testing

@Suite("Erasure confirmations")
struct ErasureConfirmationTests {
    @Test(
        "each outcome says what was found out, and no more",
        arguments: [
            (Outcome.erased, "Your data has been erased", "it no longer holds any data about you"),
            (.alreadyAbsent, "Your data had already been erased", "We had already deleted your data"),
            (.noData, "We have no data about you to erase", "another e-mail address"),
        ]
    )
    func wording(outcome: Outcome, heading: String, sentence: String) throws {
        let document = try confirmation(outcome)
        try expectWellFormed(document)
        let text = visibleText(document)
        #expect(document.fileName == "d7f3a2-request-42-confirmation.html")
        #expect(text.contains(heading) && text.contains(sentence))
        let headings = ["has been erased\n", "had already been erased", "no data about you to erase"]
        #expect(headings.filter { text.contains($0) }.count == 1)
    }

    @Test(
        "an outcome that erased nothing, or not everything, has no confirmation",
        arguments: Outcome.allCases.filter { ![.erased, .alreadyAbsent, .noData].contains($0) }
    )
    func otherOutcomes(outcome: Outcome) {
        let error = #expect(throws: ReportsError.self) { try confirmation(outcome) }
        #expect(error?.code == .noSuchDocument)
    }

    @Test("it says what was done when, what is kept, and where to turn")
    func contents() throws {
        let text = visibleText(try confirmation(.erased))
        for part in [
            "7 March 2026, 14:05:09 UTC", "We removed the reservations of coupons for you (2)",
            "read the system again to check",
            "Article 5(2)", "for three years", "Backups", "Article 77", "Article 79", "The Berlin Commissioner",
        ] { #expect(text.contains(part)) }
        #expect(!text.contains("To be completed"))
    }

    private func confirmation(_ outcome: Outcome) throws -> Document {
        let instant = Date(timeIntervalSince1970: 1_772_892_309.125)
        return try ErasureConfirmation(
            requestID: 42,
            databaseID: "d7f3a2",
            environment: .live,
            outcome: outcome,
            steps: [
                .init(.inventoryRead, at: instant), .init(.reservationsReleased(count: 2), at: instant),
                .init(.dataDeleted, at: instant), .init(.inventoryReadAgain, at: instant),
            ],
            producedAt: instant,
            controller: Sample.controller,
            evidenceRetention: "for three years"
        ).rendered(with: try .english())
    }
}
