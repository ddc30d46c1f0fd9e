import Foundation
import InventorySample
import Reports
import SubjectRequests
import Testing

@Suite("Rectification letters")
struct RectificationLetterTests {
    private func letter(_ changes: String?) throws -> Document {
        try RectificationLetter(
            Sample.facts(.rectification),
            changes: try changes.map { try RequestedChanges(json: $0) },
            controller: Sample.controller,
            identifierKeptDays: 30
        ).rendered(with: .english())
    }

    @Test("a letter lists what was changed, value by value, and names the recipients' notice and the remedies")
    func done() throws {
        let document = try letter(#"{"City":"Bonn <b>","Points":1.50,"Street":null,"Address":{"Zip":"53111"}}"#)
        try expectWellFormed(document)
        #expect(document.fileName == "d7f3a2-request-42-letter.html")
        let text = visibleText(document)
        for part in [
            "Your data has been corrected", "Article 16 GDPR", "CityBonn <b>", "Points1.50", "Streetno value",
            "Address › Zip53111",
            "Article 19 GDPR", "Article 77 GDPR", "customer-42",
        ] { #expect(text.contains(part), "\(part)") }
        #expect(!text.contains("We hold no data"))
    }

    @Test("a customer whom Talon.One does not know is told so, and for how long the identifier is kept")
    func unknown() throws {
        let document = try letter(nil)
        try expectWellFormed(document)
        let text = visibleText(document)
        #expect(text.contains("We hold no data about you under this identifier") && text.contains("for 30 days"))
        #expect(!text.contains("has been corrected") && !text.contains("Article 19"))
    }
}
