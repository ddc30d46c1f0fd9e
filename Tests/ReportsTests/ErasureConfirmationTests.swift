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
            (.recordRemains, "except for one record", "a record about you is still there"),
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
        let headings = [
            "has been erased\n", "except for one record\n", "had already been erased", "no data about you to erase",
        ]
        #expect(headings.filter { text.contains($0) }.count == 1)
    }

    @Test(
        "an outcome that erased nothing, or not everything, has no confirmation",
        arguments: Outcome.allCases.filter { ![.erased, .recordRemains, .alreadyAbsent, .noData].contains($0) }
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

    @Test("where the record remains, the confirmation says exactly what stays and why, and claims no more")
    func recordRemains() throws {
        let kept = ["profile": ["integrationId", "totalSales", "phone", "x@example.com"]]
        let document = try confirmation(.recordRemains, kept: kept)
        try expectWellFormed(document)
        let text = visibleText(document)
        for part in [
            "Customer profile", "Customer identifier integrationId", "Total of completed purchases totalSales", "phone",
            "an entry whose name is not shown here", "does not remove the record itself",
        ] { #expect(text.contains(part)) }
        #expect(!text.contains("x@example.com") && !text.contains("no longer holds any data"))
        #expect(!visibleText(try confirmation(.erased, kept: kept)).contains("What stays"))
    }

    @Test("what is kept and can lead back to the customer is called linkable, and only then")
    func linkable() throws {
        let unlinkable = "can no longer be connected with you"
        #expect(visibleText(try confirmation(.erased)).contains(unlinkable))
        #expect(!visibleText(try confirmation(.erased, keepsDigest: true)).contains(unlinkable))
        #expect(!visibleText(try confirmation(.erased, identifierKeptDays: 5)).contains(unlinkable))
        let withTicket = visibleText(try confirmation(.erased, ticket: "T-7"))
        #expect(
            withTicket.contains("It contains our reference T-7") && !withTicket.contains("nothing that identifies you")
        )
    }

    @Test("days are those of the controller's time zone; steps are in UTC and say so")
    func days() throws {
        let instant = try Date("2026-10-31T23:30:00Z", strategy: .iso8601)
        let document = try ErasureConfirmation(
            requestID: 42,
            databaseID: "d7f3a2",
            environment: .live,
            outcome: .erased,
            steps: [.init(.dataDeleted, at: instant)],
            producedAt: instant,
            receivedAt: instant,
            timeZone: #require(TimeZone(identifier: "Europe/Berlin")),
            controller: Sample.controller
        ).rendered(with: try .english())
        let text = visibleText(document)
        #expect(text.contains("1 November 2026 · Request d7f3a2-42 · received 1 November 2026"))
        #expect(text.contains("31 October 2026, 23:30:00 UTC"))
    }

    private func confirmation(
        _ outcome: Outcome,
        kept: [String: [String]] = [:],
        ticket: String? = nil,
        identifierKeptDays: Int? = nil,
        keepsDigest: Bool = false
    ) throws -> Document {
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
            kept: kept,
            producedAt: instant,
            ticket: ticket,
            controller: Sample.controller,
            identifierKeptDays: identifierKeptDays,
            keepsDigest: keepsDigest
        ).rendered(with: try .english())
    }
}
