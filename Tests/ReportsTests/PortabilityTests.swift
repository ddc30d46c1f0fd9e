import ExactJSON
import Foundation
import Inventory
import InventorySample
import Reports
import SubjectRequests
import Testing

@Suite("Portability")
struct PortabilityTests {
    @Test(
        "what the customer did not provide is left out, what they provided stays",
        arguments: [
            (
                #"{"profile":{"integrationId":"customer-42","audienceMemberships":[{"id":2}],"totalSales":1.50}}"#,
                #"{"profile":{"integrationId":"customer-42","totalSales":1.50}}"#
            ),
            (#"{"profile":{"audienceMemberships":null}}"#, #"{"profile":{"audienceMemberships":null}}"#),
            (
                #"{"profile":{"integrationId":"customer-42","attributes":{"audienceMemberships":["mine"]}}}"#,
                #"{"profile":{"integrationId":"customer-42","attributes":{"audienceMemberships":["mine"]}}}"#
            ),
            (
                #"{"referrals":[{"friendProfileIntegrationId":"f","advocateProfileIntegrationId":"customer-42"}]}"#,
                #"{"referrals":[{"advocateProfileIntegrationId":"customer-42"}]}"#
            ),
            (
                #"{"referrals":[{"advocateProfileIntegrationId":"a","friendProfileIntegrationId":"customer-42"}]}"#,
                #"{"referrals":[{"friendProfileIntegrationId":"customer-42"}]}"#
            ),
            (
                #"{"referrals":[{"code":"C","referredCustomers":["f","customer-42",null,""]}]}"#,
                #"{"referrals":[{"code":"C","referredCustomers":["customer-42",null,""]}]}"#
            ),
            (
                #"{"coupons":[{"id":1,"implicitlyReserved":true},{"id":2,"implicitlyReserved":false}]}"#,
                #"{"coupons":[{"id":2,"implicitlyReserved":false}]}"#
            ),
            (
                #"{"coupons":[{"id":1,"implicitlyReserved":true,"profileRedemptionCount":1}]}"#,
                #"{"coupons":[{"id":1,"implicitlyReserved":true,"profileRedemptionCount":1}]}"#
            ),
            (
                #"{"coupons":[{"implicitlyReserved":true,"recipientIntegrationId":"customer-42"}]}"#,
                #"{"coupons":[{"implicitlyReserved":true,"recipientIntegrationId":"customer-42"}]}"#
            ),
            (
                #"{"loyalty":{"programs":{"1":{"ledger":{"currentBalance":1,"currentTier":{},"nextTierName":"N"}}}}}"#,
                #"{"loyalty":{"programs":{"1":{"ledger":{"currentBalance":1}}}}}"#
            ),
            (
                #"{"loyalty":{"programs":{"1":{"subLedgers":{"s":{"pointsToNextTier":4,"currentBalance":2}}}}}}"#,
                #"{"loyalty":{"programs":{"1":{"subLedgers":{"s":{"currentBalance":2}}}}}}"#
            ),
            (
                #"{"loyalty":{"programs":{"1":{"joinDate":"2026-01-01T00:00:00Z"},"2":{"ledger":{"currentBalance":0}}}}}"#,
                #"{"loyalty":{"programs":{"1":{"joinDate":"2026-01-01T00:00:00Z"}}}}"#
            ),
            (
                #"{"loyalty":{"cards":[{"blockReason":"b","profiles":[{"integrationId":"p"},{"integrationId":"customer-42"}]}]}}"#,
                #"{"loyalty":{"cards":[{"profiles":[{"integrationId":"customer-42"}]}]}}"#
            ),
            (
                #"{"loyalty":{"cards":[{"ledger":{"currentTier":{}},"subledgers":{"s":{"currentTier":{},"a":1}}}]}}"#,
                #"{"loyalty":{"cards":[{"ledger":{},"subledgers":{"s":{"a":1}}}]}}"#
            ),
            (#"{"giveaways":[{"id":1,"profileIntegrationId":"other","profileId":5}]}"#, #"{"giveaways":[{"id":1}]}"#),
            (
                #"{"achievements":[{"status":"not_started"},{"status":"completed","progress":9}]}"#,
                #"{"achievements":[{"progress":9}]}"#
            ),
            (
                #"{"profile":{"integrationId":"customer-42","\u0061udienceMemberships":[1]}}"#,
                #"{"profile":{"integrationId":"customer-42"}}"#
            ),
        ]
    )
    func policy(before: String, after: String) throws {
        let root = try RawJSON.parse(try export(Data(before.utf8)).content)
        #expect(root["inventory"].map { String(decoding: $0.bytes, as: UTF8.self) } == after)
    }

    @Test("the header lists what is missing and why, with the digests of the payload and of the whole answer")
    func header() throws {
        let root = try RawJSON.parse(try export(Sample.inventory).content)
        let header = try #require(root["dsr_export"])
        #expect(header["source_sha256"]?.stringValue == hex(Sample.inventory))
        let payload = try #require(root["inventory"]?.bytes)
        #expect(header["payload_sha256"]?.stringValue == hex(payload))
        let reasons = header["left_out"]?.elements.map {
            "\($0["path"]?.stringValue ?? "") \($0["reason"]?.stringValue ?? "") \($0["count"]?.numberText ?? "")"
        }
        #expect(reasons?.contains("profile.audienceMemberships derived_by_the_controller 1") == true)
        #expect(reasons?.contains("coupons[] not_about_the_person 1") == true)
        #expect(reasons?.contains("referrals[].referredCustomers[] data_of_another_person 2") == true)
        #expect(reasons?.contains("loyalty.programs.*.ledger.nextTierName derived_by_the_controller 1") == true)
    }

    @Test("no other customer is in the file, and what this customer did is")
    func sample() throws {
        let text = try export(Sample.inventory).text
        for person in Sample.otherPeople { #expect(!text.contains(person)) }
        for derived in ["big spenders", "Gold tier", "Silver tier", "under review", "HELLO-11"] {
            #expect(!text.contains(derived))
        }
        for provided in ["1234567890123456789.10", "HELLO-12", "HELLO-13", "REF-1", "CARD-77", "GIFT-21", "42.50"] {
            #expect(text.contains(provided))
        }
    }

    @Test("a controller can leave out attributes that it computed")
    func ownRules() throws {
        let rules = InventoryRules.talonOne.deriving(attributes: ["shoeSize", "odd.key[1]"])
        let document = try Sample.export(Sample.inventory(rules: rules), for: .portability)
        let root = try RawJSON.parse(document.content)
        #expect(root["inventory", "profile", "attributes", "shoeSize"] == nil)
        #expect(root["inventory", "profile", "attributes", "odd.key[0]"]?.boolValue == true)
    }

    @Test("the cover letter says what is left out, and nothing of what it held")
    func letter() throws {
        let letter = try Sample.letter(Sample.inventory(), for: .portability)
        #expect(letter.fileName == "d7f3a2-request-42-letter.html")
        try expectWellFormed(letter)
        #expect(letter.text.contains("profile.audienceMemberships"))
        #expect(letter.text.contains("Customer profile"))
        for value in Sample.otherPeople + ["big spenders", "Gold tier"] { #expect(!letter.text.contains(value)) }
    }

    private func export(_ inventory: Data) throws -> Document {
        try Sample.export(Sample.inventory(inventory), for: .portability)
    }
}
