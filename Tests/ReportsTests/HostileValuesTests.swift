import Foundation
import Inventory
import InventorySample
import Reports
import SubjectRequests
import Testing

@Suite("Values that attack the reader")
struct HostileValuesTests {
    static let values = [
        "<script>alert(1)</script>", "{{x}}", "{{{x}}}", "{{#section}}{{/section}}", "\"><img src=x onerror=alert(1)>",
        "</td></table></style><style>", "' onmouseover='x", "&lt;already&gt; &amp; &#39;", "\u{202E}drowssap\u{202C}",
        "\"\u{301}<\u{338}&\u{301}", "\u{0}\u{1B}[31m\u{7F}", "]]>", "<!--", "\r\n<\r\n", "{{=<% %>=}}",
        "\u{FFFF}\u{FFFE}",
    ]

    @Test("no value of the data becomes markup or a template", arguments: values)
    func escaping(value: String) throws {
        let quoted = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        // An identifier with a control character cannot be requested at all.
        let subject = (try? SubjectID(value))?.value ?? Sample.subject
        let id = String(decoding: try JSONEncoder().encode(subject), as: UTF8.self)
        let inventory = Data(
            #"{"profile":{"integrationId":\#(id),"attributes":{\#(quoted):\#(quoted)}},"coupons":[{"code":\#(quoted)}]}"#
                .utf8
        )
        var controller = Sample.controller
        controller.name = value
        let letter = try Sample.letter(
            Sample.inventory(of: subject, inventory, sectionsAsked: [value]),
            controller: controller
        )
        try expectWellFormed(letter)
        #expect(occurrences(of: shown(value), in: visibleText(letter)) >= (subject == value ? 6 : 4))
        let confirmation = try ErasureConfirmation(
            requestID: 42,
            databaseID: "d7f3a2",
            environment: .live,
            outcome: .erased,
            steps: [],
            producedAt: Date(timeIntervalSince1970: 0),
            ticket: value,
            controller: controller
        ).rendered(with: try .english())
        try expectWellFormed(confirmation)
        #expect(occurrences(of: shown(value), in: visibleText(confirmation)) >= 3)
    }

    @Test("a value of a megabyte is in the letter whole")
    func large() throws {
        let value = String(repeating: "<a&b>é", count: 150_000)
        let letter = try Sample.letter(
            Sample.inventory(#"{"profile":{"integrationId":"customer-42","attributes":{"a":"\#(value)"}}}"#)
        )
        #expect(
            letter.text.contains(
                value.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            )
        )
    }

    @Test("a direction override stays inside its own value")
    func isolation() throws {
        let letter = try Sample.letter(
            Sample.inventory("{\"profile\":{\"integrationId\":\"customer-42\",\"attributes\":{\"a\":\"\u{202E}x\"}}}")
        )
        #expect(letter.text.contains("<bdi class=\"v\">\u{202E}x</bdi>"))
    }

    // Control characters are shown as pictures, and the two noncharacters that XML forbids as U+FFFD.
    private func shown(_ value: String) -> String {
        value.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar.value {
            case 0x09, 0x0A: text.unicodeScalars.append(scalar)
            case 0..<0x20: text.unicodeScalars.append(Unicode.Scalar(0x2400 + scalar.value) ?? "?")
            case 0x7F: text += "\u{2421}"
            case 0xFFFE, 0xFFFF: text += "\u{FFFD}"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    private func occurrences(of part: String, in text: String) -> Int {
        Array(text.utf8).ranges(of: Array(part.utf8)).count
    }
}
