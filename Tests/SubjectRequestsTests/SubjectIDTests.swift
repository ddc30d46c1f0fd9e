import Foundation
import SubjectRequests
import Testing

@Suite("Subject identifiers")
struct SubjectIDTests {
    @Test("two identifiers that Unicode calls equivalent are two customers")
    func bytes() throws {
        let (composed, decomposed) = (try SubjectID("\u{e9}"), try SubjectID("e\u{301}"))
        #expect(composed != decomposed && Set([composed, decomposed]).count == 2)
    }

    @Test(
        "text that can be one path segment is accepted unchanged",
        arguments: [
            "customer-42", "a", "...", ".a", "a..", "ada@example.com", "a/b?c#d%2F", "a b", "Ärger", "e\u{301}",
            "\u{2800}", "😀", "\u{10FFFF}", String(repeating: "x", count: 1_000),
            String(repeating: "😀", count: 1_000),
        ]
    )
    func accepted(text: String) throws {
        let value = try SubjectID(text).value
        #expect(Array(value.unicodeScalars) == Array(text.unicodeScalars))
    }

    @Test(
        "other text is refused with a reason that does not quote it",
        arguments: [
            ("", "empty"),
            (".", "dot segment"),
            ("..", "dot segment"),
            (String(repeating: "x", count: 1_001), "longer than 1,000"),
            (String(repeating: "😀", count: 1_001), "longer than 1,000"),
            // 501 grapheme clusters, and 1,002 characters for Postgres.
            (String(repeating: "e\u{301}", count: 501), "longer than 1,000"),
            ("secret\u{0}", "contains U+0000; control characters"),
            ("\u{0}", "contains U+0000"),
            ("sec\u{1B}ret", "contains U+001B"),
            ("secret\u{7F}", "contains U+007F"),
            ("sec\nret", "contains U+000A"),
            ("secret\n", "begins or ends with white space"),
            ("secret\r\n", "begins or ends with white space"),
            ("\tsecret", "begins or ends with white space"),
            ("secret\u{85}", "begins or ends with white space"),
            (" secret", "begins or ends with white space"),
            ("secret ", "begins or ends with white space"),
            (" ", "begins or ends with white space"),
            ("secret\u{A0}", "begins or ends with white space"),
            ("\u{3000}secret", "begins or ends with white space"),
            ("sec\u{A0}ret", "contains U+00A0; control characters, invisible characters and blanks other than U+0020"),
            ("secret\u{200B}", "contains U+200B"),
            ("\u{FEFF}secret", "begins with a byte order mark (U+FEFF)"),
            ("sec\u{FEFF}ret", "contains U+FEFF"),
            ("sec\u{2028}ret", "contains U+2028"),
            ("sec\u{AD}ret", "contains U+00AD"),
            ("👩\u{200D}👧", "contains U+200D"),
            ("secret\u{E0041}", "contains U+E0041"), ("secret\u{FE0F}", "contains U+FE0F"),
            ("sec\u{34F}ret", "contains U+034F"), ("secret\u{3164}", "contains U+3164"),
            ("secret\u{E0100}", "contains U+E0100"), ("sec\u{1160}ret", "contains U+1160"),
        ]
    )
    func refused(text: String, reason: String) throws {
        let error = try #require(throws: InvalidRequest.self) { try SubjectID(text) }
        #expect(error.reason.contains(reason))
        #expect(!"\(error)".contains("secret"))
    }

    @Test("an identifier never prints itself, alone or as a part of another value")
    func redaction() throws {
        let subject = try SubjectID("canary")
        let request = SubjectRequest(
            claim: Claim(request: 1, number: 1),
            right: .access,
            subject: subject,
            receivedAt: .distantPast,
            answerBy: try day("2026-04-05")
        )
        for text in everyPrint(of: subject) + everyPrint(of: [subject]) + everyPrint(of: request) {
            #expect(!text.contains("canary"))
        }
        #expect("\(subject)" == "(integration id withheld)")
    }
}

/// Every printed form of a value.
func everyPrint(of value: some Any) -> [String] {
    var dumped = ""
    dump(value, to: &dumped)
    let children = Mirror(reflecting: value).children.map { "\($0.label ?? ""): \($0.value)" }
    return ["\(value)", String(describing: value), String(reflecting: value), "\(Optional(value) as Any)", dumped]
        + children
}
