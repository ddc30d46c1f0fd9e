import Foundation
import Inventory
import InventorySample
import SubjectRequests
import Testing

@Suite("The form of an inventory")
struct InventoryFormTests {
    private static let empty =
        #""profile":{"integrationId":"customer-42"},"referrals":[],"coupons":[],"loyalty":{},"giveaways":[],"achievements":[]"#

    private func refusal(_ body: String, optional: Set<String> = []) -> String? {
        do {
            try Sample.inventory(body).requireForm(optional: optional)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("an answer with every section that was asked for can be read, and lists without entries may be null")
    func complete() throws {
        #expect(refusal("{\(Self.empty)}") == nil)
        #expect(
            refusal(
                #"{"profile":{"id":1},"referrals":null,"coupons":null,"loyalty":null,"giveaways":null,"achievements":null}"#
            ) == nil
        )
        try Sample.inventory(Sample.inventory).requireForm()
        try CustomerInventory.unknown(SubjectID("a"), sectionsAsked: Sample.sections).requireForm()
    }

    @Test(
        "a section that was asked for and is missing makes the answer unreadable, and never counts as empty",
        arguments: Sample.sections
    )
    func missing(_ section: String) throws {
        let without = Self.empty.replacing("\"\(section)\":", with: "\"\(section)2\":")
        let sentence = try #require(refusal("{\(without)}"))
        #expect(sentence.contains("lacks what was asked for: \(section)."))
        #expect(refusal("{\(without)}", optional: [section]) == nil)
    }

    @Test(
        "answers that are no inventory at all are unreadable",
        arguments: [
            "{}", #"{"profile":{}}"#, #"{"status":"ok"}"#, #"{"data":[]}"#, #"{"profile":null}"#,
            #"{"Profile":{"integrationId":"x"}}"#,
        ]
    )
    func noInventory(_ body: String) {
        #expect(refusal(body, optional: Set(Sample.sections.dropFirst())) != nil)
    }

    @Test(
        "a value of another JSON type than the API documents makes the answer unreadable",
        arguments: [
            ("profile", "[]"), ("profile", #"[{"attributes":{"Name":"Jane"}}]"#), ("profile", #""Jane""#),
            ("profile", "0"),
            ("profile", "false"), ("profile", #"{"attributes":[]}"#), ("profile", #"{"attributes":"Jane"}"#),
            ("profile", #"{"attributes":[{"name":"Email","value":"jane"}]}"#), ("profile", #"{"attributes":0}"#),
            ("profile", #"{"audienceMemberships":{}}"#), ("profile", #"{"audienceMemberships":["vip"]}"#),
            ("profile", #"{"loyaltyMemberships":"x"}"#), ("referrals", "{}"), ("referrals", #""""#),
            ("referrals", "[null]"),
            ("referrals", #"["R-1"]"#), ("coupons", "{}"), ("coupons", #"{"data":[]}"#), ("coupons", "0"),
            ("coupons", #"["C-1"]"#), ("coupons", "[[]]"), ("loyalty", "[]"), ("loyalty", #"[{"points":5}]"#),
            ("loyalty", #""x""#), ("loyalty", #"{"programs":[]}"#), ("loyalty", #"{"programs":{"1":"Jane"}}"#),
            ("loyalty", #"{"cards":{}}"#), ("loyalty", #"{"cards":["1"]}"#), ("giveaways", "{}"), ("giveaways", "[1]"),
            ("achievements", "{}"), ("achievements", "false"), ("achievements", "[null]"),
        ]
    )
    func otherType(_ section: String, _ value: String) throws {
        // The last of two members of one name must not hide the first.
        for body in ["{\(Self.empty),\"\(section)\":\(value)}", "{\"\(section)\":\(value),\(Self.empty)}"] {
            let sentence = try #require(refusal(body), "\(body)")
            #expect(sentence.contains("another JSON type than the API documents at: \(section)"))
            #expect(!sentence.contains("Jane") && !sentence.contains("jane"))
        }
    }

    @Test(
        "the answer of the older operation for coupons has its list",
        arguments: ["{}", #"{"data":{}}"#, #"{"data":["C"]}"#]
    )
    func reservedCoupons(_ body: String) throws {
        #expect(throws: InventoryError.self) { try Sample.unknown(reservedCoupons: body).requireForm() }
        try Sample.unknown(reservedCoupons: #"{"data":[{"value":"C"}]}"#).requireForm()
        try Sample.unknown(reservedCoupons: #"{"totalResultSize":0,"data":null}"#).requireForm()
    }

    @Test("an answer is that of an unknown customer only in the form that the deployment has for one who cannot exist")
    func unknownForm() throws {
        let never = #"{"profile":{"id":0,"integrationId":"customer-42","created":"0001-01-01T00:00:00Z"}}"#
        let (empty, stored) = (try Sample.inventory("{}"), try Sample.inventory(never))
        let nothing = try #require(UnknownForm(empty))
        let neverStored = try #require(UnknownForm(stored))
        #expect(nothing.describes(empty) && !nothing.describes(stored))
        #expect(neverStored.describes(stored) && !neverStored.describes(empty))
        for body in [
            #"{"profile":{"integrationId":"customer-42"}}"#, #"{"status":"ok"}"#, #"{"profile":[]}"#,
            #"{"hasMore":false}"#,
        ] {
            #expect(UnknownForm(try Sample.inventory(body)) == nil, "\(body)")
        }
        #expect(UnknownForm(CustomerInventory.unknown(try SubjectID("a"), sectionsAsked: [])) == nil)
    }

    @Test(
        "the instant of the profile's creation is read as the API writes it",
        arguments: [
            (#""2026-03-05T10:15:30Z""#, 1_772_705_730.0), (#""2026-03-05T10:15:30.5Z""#, 1_772_705_730.5),
            (#""2026-03-05T12:15:30.123456789+02:00""#, 1_772_705_730.123), (#""yesterday""#, nil), ("null", nil),
            ("5", nil), (#""2026-03-05""#, nil), (#""2026-03-05T10:15:30Z07:00""#, nil),
        ] as [(String, Double?)]
    )
    func created(_ text: String, _ seconds: Double?) throws {
        let created = try Sample.inventory(#"{"profile":{"created":\#(text)}}"#).createdAt?.timeIntervalSince1970
        guard let seconds else {
            #expect(created == nil)
            return
        }
        #expect(abs(try #require(created) - seconds) < 0.001)
    }
}
