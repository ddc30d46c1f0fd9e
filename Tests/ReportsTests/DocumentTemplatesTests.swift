import Foundation
import Inventory
import InventorySample
import SubjectRequests
import TemplatesEN
import Testing

@testable import Reports

@Suite("Templates")
struct DocumentTemplatesTests {
    @Test(
        "a template that could go wrong unnoticed is refused by name when it is loaded",
        arguments: [
            ("value", "{{%CONTENT_TYPE:STRICT_HTML}}{{{text}}}"), ("value", "{{%CONTENT_TYPE:STRICT_HTML}}{{&text}}"),
            ("value", "{{text}}"), ("section", "{{%CONTENT_TYPE:STRICT_HTML}}{{> nowhere}}"),
            ("page", "{{%CONTENT_TYPE:STRICT_HTML}}{{#open}}"), ("run-report", nil),
        ] as [(String, String?)]
    )
    func broken(name: String, text: String?) {
        var files = EnglishTemplates.files
        files["\(name).html.mustache"] = text.map { Array($0.utf8) }
        let error = #expect(throws: ReportsError.self) { try DocumentTemplates(files: files) }
        #expect(error?.code == .brokenTemplate)
        #expect(error?.description.contains("'\(name)'") == true)
    }

    @Test(
        "every character that means something in HTML is escaped, also where a combining mark follows",
        arguments: [
            ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;"), ("{", "&#123;"),
            ("}", "&#125;"), ("\r", "\u{240D}"), ("é", "é"), ("\n", "\n"), ("\u{FFFD}", "\u{FFFD}"),
        ]
    )
    func escaping(character: String, escaped: String) {
        let text = StrictHTML().escapeText("\(character)\u{301}\(character)")
        #expect(text.utf8.elementsEqual("\(escaped)\u{301}\(escaped)".utf8))
    }

    @Test("the content security policy names the digest of the style sheet that the document has")
    func stylePolicy() throws {
        let html = try RunReportTests.report().html(with: try .english())
        let style = try #require(html.text.split(separator: "<style>").last?.split(separator: "</style>").first)
        let digest = try #require(Data(String(style).utf8).base64Digest)
        #expect(html.text.contains("default-src 'none'; style-src 'sha256-\(digest)'"))
    }

    @Test("every key that the labels name has a wording, and no wording is empty")
    func labels() throws {
        let labels = try DocumentTemplates.english().labels
        for ownership in Ownership.allCases where ownership != .subject {
            #expect(labels.reason(ownership) != ownership.rawValue)
        }
        for code in ["inventory_read", "reservations_released", "data_deleted", "inventory_read_again"] {
            #expect(labels.action(code) != code)
        }
        for section in Sample.sections + ["reservedCoupons"] { #expect(labels.section(section)?.about != nil) }
    }
}

extension Data {
    fileprivate var base64Digest: String? {
        Document.html(String(decoding: self, as: UTF8.self), fileName: "").sha256.base64EncodedString()
    }
}
