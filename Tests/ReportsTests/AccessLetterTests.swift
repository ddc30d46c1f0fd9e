import ExactJSON
import Foundation
import Inventory
import InventorySample
import Reports
import SubjectRequests
import Testing

@Suite("Access letters")
struct AccessLetterTests {
    @Test("every value of the inventory is in the letter, except what identifies other people")
    func completeness() throws {
        let document = try letter(Sample.inventory())
        try expectWellFormed(document)
        let text = visibleText(document)
        for person in Sample.otherPeople { #expect(!document.text.contains(person)) }
        #expect(text.contains("(number of places: 7)"))
        #expect(
            !text.contains("2024-05-02"),
            "the date on which another customer joined the card is withheld with them"
        )
        for leaf in try RawJSON.parse(Sample.inventory).leaves {
            let shown = leaf.stringValue ?? leaf.numberText ?? String(decoding: leaf.bytes, as: UTF8.self)
            guard !Sample.otherPeople.contains(shown), !shown.hasPrefix("2024-05-02") else { continue }
            #expect(text.contains(shown.isEmpty ? "empty text" : shown), "\(shown)")
        }
        for key in ["odd.key[0]", "deep", "er", "subLedgers", "eu"] { #expect(text.contains(key)) }
    }

    @Test("known keys have names, times are readable beside the original, and attributes keep the controller's names")
    func readability() throws {
        let text = visibleText(try letter(Sample.inventory()))
        #expect(text.contains("Completed purchases closedSessions12"))
        #expect(text.contains("29 February 2024, 23:59:59 UTC 2024-02-29T23:59:59.123456789Z"))
        #expect(text.contains("5 March 2026, 08:15:30 UTC 2026-03-05T10:15:30.5+02:00"))
        #expect(text.contains("Coupon 2 of 4 · HELLO-12"))
        #expect(text.contains("creatednot ours") && !text.contains("Created creatednot ours"))
        #expect(text.contains("7 March 2026 · Request d7f3a2-42 · received 5 March 2026"))
    }

    @Test(
        "text that resembles a time but is not one is shown unchanged",
        arguments: [
            "2024-02-29T23:59:59Z07:00", "2024-13-01T00:00:00Z", "2024-02-29", "0049-30-1234567890123", "2024-02-29T1",
            "2023-02-29T00:00:00Z", "2024-02-29T24:61:00Z", "2024-02-29T23:59:59+5:000", "2024-02-29T23:59:59++1:00",
            "１２３４-02-29T23:59:59Z", "2024-02-29T23:59:59.Z",
        ]
    )
    func notATime(text: String) throws {
        let shown = visibleText(
            try letter(Sample.inventory(#"{"profile":{"integrationId":"customer-42","attributes":{"a":"\#(text)"}}}"#))
        )
        #expect(shown.contains(text))
        #expect(!shown.contains(/\d\d:\d\d:\d\d UTC/))
    }

    @Test(
        "a code of the API is explained, and shown; the same word in an attribute or another section is not explained"
    )
    func codes() throws {
        let inventory =
            #"{"profile":{"integrationId":"customer-42","state":"used","attributes":{"state":"pending"}},"#
            + #""coupons":[{"state":"used","attributes":{"state":"disabled"}},{"state":"novel"}],"#
            + #""achievements":[{"status":"inprogress","achievementActivationPolicy":"user_action"}]}"#
        let text = visibleText(try letter(Sample.inventory(inventory)))
        for part in [
            "was redeemed used", "started, not completed inprogress", "when you begin with it user_action", "novel",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        for part in ["can be used later", "cannot be used"] { #expect(!text.contains(part), "\(part)") }
        #expect(text.ranges(of: "was redeemed").count == 1)
    }

    @Test("who the customer is comes first, then what they have and did, then sections that are not known")
    func order() throws {
        let inventory =
            #"{"novelty":[{"a":1}],"giveaways":[{"a":1}],"coupons":[{"code":"C"}],"loyalty":{"a":1},"#
            + #""profile":{"integrationId":"customer-42"}}"#
        let text = try letter(Sample.inventory(inventory)).text
        let places = ["Customer profile", "Loyalty programs", "Coupons", "Giveaways", "novelty"].map { title in
            text.range(of: "<h3>\(title)</h3>")?.lowerBound ?? text.endIndex
        }
        #expect(places == places.sorted() && places.last != text.endIndex)
    }

    @Test("Talon.One is one recipient once, in the controller's words where there are any")
    func recipients() throws {
        var controller = Sample.controller
        #expect(
            visibleText(try letter(Sample.inventory(), controller)).contains("Talon.One, which stores and processes")
        )
        controller.recipients.append("TALON.ONE GmbH, Berlin")
        let text = visibleText(try letter(Sample.inventory(), controller))
        #expect(text.contains("TALON.ONE GmbH, Berlin") && !text.contains("Talon.One, which stores and processes"))
    }

    @Test("the facts that the controller gave are in the letter")
    func givenFacts() throws {
        let text = visibleText(try letter(Sample.inventory()))
        for fact in [
            "Example Shop & Sons", "1 High Street, Berlin", "dpo@shop.example", "The Berlin Commissioner",
            "Running promotions", "Mail Example Ltd", "Two years after", "All of it comes from you",
        ] { #expect(text.contains(fact)) }
    }

    @Test("sections that were asked for and did not come are named")
    func silentSections() throws {
        let body = #"{"profile":{"id":1},"coupons":null,"novelty":{"x":"shown"},"giveaways":[]}"#
        let text = visibleText(try letter(Sample.inventory(body)))
        #expect(text.contains("found no data:"))
        for title in ["Coupons", "Referrals", "Achievements"] { #expect(text.contains(title)) }
        #expect(text.contains("novelty") && text.contains("shown"))
        #expect(text.contains("Giveaways") && text.contains("No data is recorded here."))
    }

    @Test("sections that were not asked for are named, in each letter that could be taken to cover them")
    func sectionsNotAsked() throws {
        let narrow = try Sample.inventory(Data(#"{"profile":{"id":1}}"#.utf8), sectionsAsked: ["profile"])
        let unknown = CustomerInventory.unknown(try SubjectID(Sample.subject), sectionsAsked: ["profile"])
        for letter in [try letter(narrow), try letter(unknown), try Sample.letter(narrow, for: .portability)] {
            try expectWellFormed(letter)
            let text = visibleText(letter)
            #expect(text.contains("We did not search the following parts"))
            for title in ["Referrals", "Coupons", "Loyalty programs", "Giveaways", "Achievements"] {
                #expect(text.contains(title))
            }
        }
        #expect(!visibleText(try letter(Sample.inventory())).contains("We did not search"))
    }

    @Test("the kinds of data that are processed are those of which there is some")
    func kinds() throws {
        let text = visibleText(
            try letter(Sample.inventory(#"{"profile":{"id":1},"giveaways":[],"referrals":[{"id":2}]}"#))
        )
        let kinds = try #require(text.split(separator: "Which kinds of data we process").last)
            .split(separator: "The data itself follows")[0]
        #expect(kinds.contains("Customer profile") && kinds.contains("Referrals") && !kinds.contains("Giveaways"))
    }

    @Test("a value that an API writes for what is not set is shown as not set, beside the value")
    func unset() throws {
        let text = visibleText(
            try letter(
                Sample.inventory(
                    #"""
                    {"profile":{"id":5,"integrationId":"customer-42","created":"0001-01-01T00:00:00Z","attributes":{"bornId":0,"since":"0001-01-01T00:00:00Z"}},
                     "coupons":[{"value":"C","campaignId":0,"usageLimit":0,"expiryDate":"0001-01-01T00:00:00.000Z"}]}
                    """#
                )
            )
        )
        #expect(text.contains("not set 0001-01-01T00:00:00Z") && text.contains("not set 0001-01-01T00:00:00.000Z"))
        #expect(text.contains("not set 0"))
        #expect(text.contains("bornId0"), "an attribute of that value was set to it")
    }

    @Test(
        "days are those of the controller's time zone",
        arguments: [
            ("2026-10-31T23:30:00Z", "1 November 2026"), ("2026-03-28T23:30:00Z", "29 March 2026"),
            ("2026-03-31T22:30:00Z", "1 April 2026"), ("2026-10-31T22:30:00Z", "31 October 2026"),
        ]
    )
    func days(received: String, day: String) throws {
        var facts = try Sample.facts()
        facts.timeZone = try #require(TimeZone(identifier: "Europe/Berlin"))
        facts.receivedAt = try Date(received, strategy: .iso8601)
        facts.producedAt = try Date("2026-12-31T23:10:00Z", strategy: .iso8601)
        let inventory = try Sample.inventory()
        let text = visibleText(
            try AnswerLetter(
                facts,
                inventory: inventory,
                disclosure: inventory.disclosure(for: .access),
                controller: Sample.controller
            ).rendered(with: .english())
        )
        #expect(text.contains("1 January 2027 · Request d7f3a2-42 · received \(day)"))
    }

    @Test("where Talon.One holds nothing, the letter says so")
    func noData() throws {
        let document = try letter(.unknown(SubjectID(Sample.subject), sectionsAsked: Sample.sections))
        try expectWellFormed(document)
        #expect(document.fileName == "d7f3a2-request-42-letter.html")
        #expect(visibleText(document).contains("We hold no data about you under this identifier"))
    }

    @Test("coupons of a baseline deployment are laid out, and their other recipients masked")
    func reservedCoupons() throws {
        let coupons = #"{"totalResultSize":1,"data":[{"value":"RES-1","recipientIntegrationId":"stranger-5"}]}"#
        let text = visibleText(try letter(Sample.unknown(reservedCoupons: coupons)))
        #expect(text.contains("Reserved coupon 1 of 1 · RES-1"))
        #expect(!text.contains("stranger-5"))
    }

    @Test("a section beyond the row limit says how much more there is and where")
    func rowLimit() throws {
        let coupons = (0..<4_000).map { #"{"id":\#($0),"value":"CODE-\#($0)"}"# }.joined(separator: ",")
        let document = try letter(Sample.inventory(#"{"coupons":[\#(coupons)]}"#))
        try expectWellFormed(document)
        let text = visibleText(document)
        #expect(text.contains("5000 values are shown above; 3000 more are in the file d7f3a2-request-42-export.json."))
        #expect(text.contains("CODE-2499") && !text.contains("CODE-2500"))
    }

    @Test("a value inside a value is a row of its own, named by its path, so that no table stands in another")
    func paths() throws {
        let document = try letter(
            Sample.inventory(
                #"{"profile":{"integrationId":"customer-42","attributes":{"Address":{"City":"Bonn","Lines":["a","b"],"Old":[{"City":"Ulm"}]}}},"#
                    + #""loyalty":{"programs":{"club":{"id":7,"title":"Club","ledger":{"total":5,"currentTier":{"name":"Gold"}},"#
                    + #""subLedgers":{"eu":{"currentBalance":3,"currentTier":{"downgradePolicy":"never"}}}}}}}"#
            )
        )
        try expectWellFormed(document)
        let html = String(decoding: document.content, as: UTF8.self)
        #expect(!html.contains(/<td>[^<]*<table/))
        let text = visibleText(document)
        for row in [
            "Address › CityBonn", "Address › Old › 1 › CityUlm", "Points › Tier › Name",
            "eu › Tier › When the tier can be lost",
        ] { #expect(text.contains(row), "\(row) in \(text)") }
        #expect(html.contains("<code>ledger › currentTier › name</code>"))
    }

    @Test("data that nests deep is shown to its last level")
    func deepNesting() throws {
        let depth = 120
        let nested =
            String(repeating: #"{"k":["#, count: depth / 2) + "\"bottom\"" + String(repeating: "]}", count: depth / 2)
        let document = try letter(
            Sample.inventory(#"{"profile":{"integrationId":"customer-42","attributes":\#(nested)}}"#)
        )
        try expectWellFormed(document)
        #expect(visibleText(document).contains("bottom"))
    }

    private func letter(
        _ inventory: CustomerInventory,
        _ controller: ControllerFacts = Sample.controller
    ) throws -> Document {
        try Sample.letter(inventory, controller: controller)
    }
}
