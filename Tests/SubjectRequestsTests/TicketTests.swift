import SubjectRequests
import Testing

@Suite("Tickets")
struct TicketTests {
    @Test(
        "a reference is accepted unchanged",
        arguments: ["7", "T-1", "DSR-2041", "a/b:c_d#e.f-g", String(repeating: "x", count: 100)]
    )
    func accepted(text: String) throws {
        #expect(try Ticket(text).value == text)
        #expect("\(try Ticket(text))" == text)
    }

    @Test(
        "other text is refused with the expected format, and is not quoted",
        arguments: [
            "", "-1", "#secret", "secret ticket", "secret@example.com", "secret\n", "Sécret", "secret\u{301}",
            // The Kelvin sign is canonically equivalent to K.
            "secret\u{212A}", "secret٣", String(repeating: "secret", count: 17),
        ]
    )
    func refused(text: String) throws {
        let error = try #require(throws: InvalidRequest.self) { try Ticket(text) }
        #expect(error.reason.contains("expected up to 100 letters, digits and . _ : / # -, for example DSR-2041"))
        #expect(!error.reason.contains("secret"))
    }

    @Test(
        "a ticket does not contain the customer's identifier, unless that is too short to tell",
        arguments: [
            ("T-anna", "anna", false), ("anna", "anna", false), ("annabel-1", "anna", false), ("T-ann", "ann", true),
            ("T-1", "T-1", true), ("T-bob", "anna", true), ("T-1234", "12345", true),
        ]
    )
    func identifiers(text: String, id: String, isAccepted: Bool) throws {
        let subject = try SubjectID(id)
        guard !isAccepted else {
            #expect(try Ticket(text, about: subject).value == text)
            return
        }
        let error = try #require(throws: InvalidRequest.self) { try Ticket(text, about: subject) }
        #expect(error.reason.hasPrefix("the ticket contains the integrationId"))
        #expect(!error.reason.contains(id))
    }
}
