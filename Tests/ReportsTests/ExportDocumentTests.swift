import Crypto
import Foundation
import Reports
import Testing

@Suite("Export documents")
struct ExportDocumentTests {
    @Test(
        "the API's answer stands in an access export byte for byte, under its digest",
        arguments: [Sample.inventory, Data("{}".utf8), Data(" \r\n{\"a\":1.0,\"a\":\"\\ud800\"}\n\n".utf8)]
    )
    func lossless(inventory: Data) throws {
        let answer = InventoryAnswer(sectionsAsked: ["profile"], inventory: inventory)
        let document = try ExportDocument(Sample.facts(), answer: answer).rendered()
        let root = try RawJSON.parse(document.content)
        let header = try #require(root["dsr_export"])
        #expect(root["inventory"]?.bytes == (try RawJSON.parse(inventory).bytes))

        let start = try #require(document.content.range(of: Data("\n\"inventory\":\n".utf8))).upperBound
        let count = try #require(header["payload_bytes"]?.numberText.flatMap { Int($0) })
        let payload = document.content[start..<(start + count)]
        #expect(payload == inventory)
        #expect(header["payload_sha256"]?.stringValue == hex(payload))
        #expect(document.content[(start + count)...] == Data("\n}\n".utf8))
    }

    @Test("the header says what was asked, what came, and who answers, in an order that stays")
    func header() throws {
        let inventory = Data(#"{"profile":{},"referrals":null,"coupons":[]}"#.utf8)
        let answer = InventoryAnswer(sectionsAsked: ["profile", "referrals", "coupons"], inventory: inventory)
        let document = try ExportDocument(
            Sample.facts(subject: "a\"b\\c\u{1}\u{2028}é"),
            answer: answer,
            controllerName: "Shop"
        ).rendered()
        #expect(document.fileName == "request-42-export.json")
        #expect(document.mediaType == "application/json")
        #expect(document.sha256 == Data(SHA256.hash(data: document.content)))
        let header = try #require(try RawJSON.parse(document.content)["dsr_export"])
        #expect(header["integration_id"]?.stringValue == "a\"b\\c\u{1}\u{2028}é")
        #expect(header["produced_at"]?.stringValue == "2026-03-07T14:05:09.125Z")
        #expect(header["ticket"]?.stringValue == "T-\"1\"")
        #expect(header["sections_received"]?.elements.map(\.stringValue) == ["profile", "coupons"])
        #expect(
            header.members.map(\.name) == [
                "format", "request", "right", "article", "outcome", "integration_id", "environment", "produced_at",
                "controller", "ticket", "run", "software", "sections_asked", "sections_received", "third_party_paths",
                "payload_bytes", "payload_sha256",
            ]
        )
    }

    @Test("an access export keeps other people's identifiers, and says where they stand")
    func thirdPartyPaths() throws {
        let document = try ExportDocument(Sample.facts(), answer: Sample.answer).rendered()
        let header = try #require(try RawJSON.parse(document.content)["dsr_export"])
        let rows = try #require(header["third_party_paths"]?.elements)
        #expect(
            rows.map { "\($0["path"]?.stringValue ?? "") \($0["count"]?.numberText ?? "")" } == [
                "referrals[].friendProfileIntegrationId 1", "referrals[].referredCustomers[] 2",
                "coupons[].recipientIntegrationId 1", "loyalty.cards[].profiles[] 1",
            ]
        )
        for person in Sample.otherPeople { #expect(document.text.contains(person)) }
    }

    @Test("a customer whom the API does not know is an answer too", arguments: RequestFacts.Right.allCases)
    func noData(right: RequestFacts.Right) throws {
        let answer = InventoryAnswer(
            sectionsAsked: ["profile"],
            inventory: nil,
            reservedCoupons: Data(#"{"totalResultSize":0,"data":[]}"#.utf8)
        )
        let root = try RawJSON.parse(try ExportDocument(Sample.facts(right), answer: answer).rendered().content)
        #expect(root["dsr_export", "outcome"]?.stringValue == "no_data")
        #expect(root["dsr_export", "payload_sha256"]?.kind == .null)
        #expect(root["dsr_export", "sections_received"]?.elements.isEmpty == true)
        #expect(root["inventory"]?.kind == .null)
    }

    @Test("reserved coupons have a payload and a digest of their own")
    func reservedCoupons() throws {
        let coupons = Data(#"{"totalResultSize":1 ,"data":[{"id":1,"value":"CODE"}]}"#.utf8)
        let answer = InventoryAnswer(sectionsAsked: ["profile"], inventory: nil, reservedCoupons: coupons)
        let root = try RawJSON.parse(try ExportDocument(Sample.facts(), answer: answer).rendered().content)
        #expect(root["dsr_export", "outcome"]?.stringValue == "exported")
        #expect(root["reserved_coupons"]?.bytes == coupons)
        #expect(root["dsr_export", "reserved_coupons_payload_sha256"]?.stringValue == hex(coupons))
    }

    @Test(
        "the profile of another customer is never handed over",
        arguments: ["Customer-42", "customer-42 ", "e\u{301}"]
    )
    func anotherCustomer(subject: String) throws {
        let inventory = Data(
            "{\"profile\":{\"integrationId\":\"\(subject == "e\u{301}" ? "\u{E9}" : "customer-42")\"}}".utf8
        )
        let answer = InventoryAnswer(sectionsAsked: [], inventory: inventory)
        let facts = Sample.facts(subject: subject)
        let error = #expect(throws: ReportsError.self) { try ExportDocument(facts, answer: answer).rendered() }
        #expect(error?.code == .anotherCustomer)
        #expect(throws: ReportsError.self) {
            try AccessLetter(facts, answer: answer, controller: Sample.controller).rendered(with: .english())
        }
    }

    @Test("what is not a JSON object is no inventory", arguments: ["[]", "null", "\"x\"", "{", ""])
    func refusesOtherShapes(text: String) {
        let answer = InventoryAnswer(sectionsAsked: [], inventory: Data(text.utf8))
        #expect(throws: ReportsError.self) { try ExportDocument(Sample.facts(), answer: answer).rendered() }
    }
}

func hex(_ data: Data) -> String {
    SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined()
}
