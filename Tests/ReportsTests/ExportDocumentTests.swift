import Crypto
import ExactJSON
import Foundation
import Inventory
import InventorySample
import Reports
import SubjectRequests
import Testing

@Suite("Export documents")
struct ExportDocumentTests {
    @Test(
        "the API's answer stands in the controller's copy byte for byte, under its digest",
        arguments: [
            Sample.inventory, Data("{\"profile\":{\"id\":1}}".utf8),
            Data(" \r\n{\"a\":1.0,\"a\":\"\\ud800\"}\n\n".utf8),
        ]
    )
    func lossless(inventory: Data) throws {
        let document = try Sample.export(Sample.inventory(inventory), audience: .controller)
        #expect(document.fileName == "d7f3a2-request-42-controller.json")
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

    @Test("the header says what was asked, what was received, and who answers, in a fixed order")
    func header() throws {
        let body = Data(#"{"profile":{"id":1},"referrals":null,"coupons":[]}"#.utf8)
        let asked = ["profile", "referrals", "coupons"]
        let document = try Sample.export(Sample.inventory(of: "a\"b\\c/é", body, sectionsAsked: asked))
        #expect(document.fileName == "d7f3a2-request-42-export.json")
        #expect(document.mediaType == "application/json")
        #expect(document.sha256 == Data(SHA256.hash(data: document.content)))
        let header = try #require(try RawJSON.parse(document.content)["dsr_export"])
        #expect(header["integration_id"]?.stringValue == "a\"b\\c/é")
        #expect(header["produced_at"]?.stringValue == "2026-03-07T14:05:09.125Z")
        #expect(header["ticket"]?.stringValue == "T-\"1\"")
        #expect(header["sections_received"]?.elements.map(\.stringValue) == ["profile", "coupons"])
        #expect(
            header.members.map(\.name) == [
                "format", "for", "request", "reference", "right", "article", "outcome", "integration_id", "environment",
                "produced_at",
                "controller", "ticket", "run", "software", "sections_asked", "sections_received", "left_out",
                "payload_bytes", "payload_sha256", "source_sha256",
            ]
        )
    }

    @Test("an access export leaves out other people, as the letter does, and says where they were")
    func thirdParties() throws {
        let document = try Sample.export(Sample.inventory())
        let root = try RawJSON.parse(document.content)
        let header = try #require(root["dsr_export"])
        let places = [
            "referrals[].friendProfileIntegrationId 1", "referrals[].referredCustomers[] 2",
            "coupons[].recipientIntegrationId 1", "loyalty.cards[].profiles[] 1",
            "giveaways[].profileIntegrationId 1", "giveaways[].profileId 1",
        ]
        func rows(_ list: RawJSON?) -> [String] {
            list?.elements.map { "\($0["path"]?.stringValue ?? "") \($0["count"]?.numberText ?? "")" } ?? []
        }
        #expect(rows(header["left_out"]) == places)
        #expect(header["left_out", "0", "reason"]?.stringValue == "data_of_another_person")
        for person in Sample.otherPeople { #expect(!document.text.contains(person)) }
        #expect(header["source_sha256"]?.stringValue == hex(Sample.inventory))
        #expect(header["payload_sha256"]?.stringValue == (try hex(#require(root["inventory"]).bytes)))
        let letter = try Sample.letter(Sample.inventory()).text
        #expect(!letter.contains("the same data") || letter.contains("It is neither in this letter nor in the file"))

        let copy = try Sample.export(Sample.inventory(), audience: .controller)
        for person in Sample.otherPeople { #expect(copy.text.contains(person)) }
        let copied = try #require(try RawJSON.parse(copy.content)["dsr_export"])
        #expect(copied["for"]?.stringValue == "controller" && header["for"]?.stringValue == "subject")
        #expect(rows(copied["withheld_from_subject"]) == places && copied["left_out"] == nil)
        #expect(!letter.contains(copy.fileName))
    }

    @Test(
        "where Talon.One holds nothing, the export says so and hands over no payload",
        arguments: [Right.access, .portability],
        ["{}", #"{"profile":{},"coupons":[{"value":"FREE","implicitlyReserved":true}]}"#]
    )
    func noData(right: Right, body: String) throws {
        let unknown = CustomerInventory.unknown(try SubjectID(Sample.subject), sectionsAsked: ["profile"])
        for inventory in [unknown, try Sample.inventory(body)] {
            let root = try RawJSON.parse(try Sample.export(inventory, for: right).content)
            #expect(root["dsr_export", "outcome"]?.stringValue == "no_data")
            #expect(root["dsr_export", "payload_sha256"]?.kind == .null)
            #expect(root["dsr_export", "sections_received"]?.elements.isEmpty == true)
            #expect(root["inventory"]?.kind == .null)
            #expect(root.members.map(\.name) == ["dsr_export", "inventory"])
        }
    }

    @Test("reserved coupons have a payload and a digest of their own")
    func reservedCoupons() throws {
        let coupons = #"{"totalResultSize":1 ,"data":[{"id":1,"value":"CODE"}]}"#
        let root = try RawJSON.parse(try Sample.export(Sample.unknown(reservedCoupons: coupons)).content)
        #expect(root["dsr_export", "outcome"]?.stringValue == "exported")
        #expect(root["reserved_coupons"]?.bytes == Data(coupons.utf8))
        #expect(root["dsr_export", "reserved_coupons_payload_sha256"]?.stringValue == hex(Data(coupons.utf8)))
    }

    @Test("only access and portability are answered with data", arguments: [Right.rectification, .erasure])
    func otherRights(right: Right) throws {
        let inventory = try Sample.inventory()
        for make in [{ try Sample.export($0, for: $1) }, { try Sample.letter($0, for: $1) }] {
            let error = #expect(throws: ReportsError.self) { try make(inventory, right) }
            #expect(error?.code == .noSuchDocument)
        }
    }
}

func hex(_ data: Data) -> String {
    SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined()
}
