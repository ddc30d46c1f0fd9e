import Foundation
import Inventory
import InventorySample
import SubjectRequests
import Testing

@Suite("What remains of a customer")
struct RemainsTests {
    /// An inventory, and the kinds of personal data in it.
    @Test(
        "a profile of the other environment is recognised by its mark, whichever way that is written",
        arguments: [
            ("true", true), ("false", false), (#""true""#, true), (#""False""#, false), ("null", nil), ("7", nil),
            ("0", false), ("1", true), (#""0""#, false), (#"" FALSE ""#, false), (#""other""#, nil), ("[false]", nil),
        ]
            as [(String, Bool?)]
    )
    func environment(mark: String, isSandbox: Bool?) throws {
        let inventory = try CustomerInventory(
            of: SubjectID("customer-42"),
            sectionsAsked: ["profile"],
            body: Data(#"{"profile":{"integrationId":"customer-42","sandbox":\#(mark)}}"#.utf8)
        )
        #expect(inventory.contradicts(.live) == (isSandbox == true))
        #expect(inventory.contradicts(.sandbox) == (isSandbox == false))
    }

    @Test(
        "everything that could lead back to the customer remains, and what every customer has does not",
        arguments: [
            (#"{}"#, []),
            (#"{"profile":null,"coupons":[],"referrals":null}"#, []),
            (#"{"profile":{"integrationId":"customer-42","attributes":{},"closedSessions":3,"totalSales":9.5}}"#, []),
            (#"{"profile":{"attributes":{"Name":null}}}"#, []),
            (#"{"profile":{"attributes":{"Name":""}}}"#, ["profile: attributes"]),
            (
                #"{"profile":{"integrationId":"customer-42","audienceMemberships":[{"id":1,"name":"x"}]}}"#,
                ["profile: memberships"]
            ),
            (#"{"coupons":[{"value":"FREE","implicitlyReserved":true}]}"#, []),
            (#"{"coupons":[{"value":"FREE","implicitlyReserved":true},{"value":"MINE"}]}"#, ["coupons: entries"]),
            (#"{"coupons":[{"value":"X","implicitlyReserved":null}]}"#, ["coupons: entries"]),
            (#"{"coupons":[{"implicitlyReserved":true,"implicitlyReserved":false}]}"#, ["coupons: entries"]),
            (#"{"coupons":[{"implicitlyReserved":true,"profileRedemptionCount":0.0}]}"#, []),
            (#"{"coupons":[{"implicitlyReserved":true,"profileRedemptionCount":2}]}"#, ["coupons: entries"]),
            (#"{"coupons":[{"implicitlyReserved":true,"recipientIntegrationId":"other"}]}"#, []),
            (
                #"{"coupons":[{"implicitlyReserved":true,"recipientIntegrationId":"customer-42"}]}"#,
                ["coupons: entries"]
            ),
            (
                #"{"loyalty":{"programs":{"7":{"id":7,"title":"t","name":"n","ledger":{"currentBalance":0}}},"cards":[]}}"#,
                []
            ),
            (#"{"loyalty":{"programs":{"7":{"id":7,"ledger":{"currentBalance":0.0e5}}}}}"#, []),
            (#"{"loyalty":{"programs":{"7":{"id":7,"ledger":{"currentBalance":0,"pointsToNextTier":250}}}}}"#, []),
            (#"{"loyalty":{"programs":{"7":{"id":7,"ledger":{"currentBalance":0.01}}}}}"#, ["loyalty: programs"]),
            (
                #"{"loyalty":{"programs":{"7":{"id":7,"subLedgers":{"s":{"pendingBalance":1}}}}}}"#,
                ["loyalty: programs"]
            ),
            (#"{"loyalty":{"programs":{"7":{"id":7,"joinDate":"2026-01-01T00:00:00Z"}}}}"#, ["loyalty: programs"]),
            (
                #"{"loyalty":{"programs":{"7":{"ledger":{"currentBalance":0,"currentTier":{"id":1,"name":"Gold"}}}}}}"#,
                ["loyalty: programs"]
            ),
            (#"{"loyalty":{"programs":{"7":{"id":7,"favourite":"x"}}}}"#, ["loyalty: programs"]),
            (#"{"loyalty":{"programs":{"7":{"id":7,"joinDate":"0001-01-01T00:00:00Z"}}}}"#, []),
            (#"{"loyalty":{"cards":[{"id":1}]}}"#, ["loyalty: cards"]),
            (#"{"achievements":[{"achievementId":11,"status":"not_started","progress":0}]}"#, []),
            (
                #"{"achievements":[{"achievementId":11,"status":"inprogress","progress":1}]}"#,
                ["achievements: progress"]
            ),
            (
                #"{"achievements":[{"achievementId":11,"status":"not_started","progress":2}]}"#,
                ["achievements: progress"]
            ),
            (
                #"{"achievements":[{"achievementId":11,"status":"not_started","startDate":"2026-01-01T00:00:00Z"}]}"#,
                ["achievements: progress"]
            ),
            (
                #"{"coupons":[{"value":"U","state":"used","recipientIntegrationId":"customer-42"}]}"#,
                ["coupons: entries"]
            ),
            (#"{"giveaways":[{"code":"c"}],"referrals":[{"id":1}]}"#, ["giveaways: entries", "referrals: entries"]),
            (#"{"wallets":[{"id":1}]}"#, ["other section: entries"]),
            (#"{"wallets":[]}"#, []),
            (#"{"wallets":{"data":[],"total":0,"hasMore":false}}"#, []),
            (#"{"wallets":{"data":[{}],"total":0}}"#, ["other section: entries"]),
            (#"{"hasMore":false,"note":"","since":"0001-01-01T00:00:00Z"}"#, []),
            (#"{"note":"Jane"}"#, ["other section: entries"]),
            (
                #"{"coupons":[{"implicitlyReserved":true,"profileRedemptionCount":0,"madeFor":"Jane"}]}"#,
                ["coupons: entries"]
            ),
            (#"{"coupons":[{"implicitlyReserved":true,"state":"used"}]}"#, ["coupons: entries"]),
            (#"{"coupons":[{"implicitlyReserved":true,"profileRedemptionCount":0,"state":"used"}]}"#, []),
            (
                #"{"achievements":[{"achievementId":11,"status":"not_started","achievementNickname":"Jane"}]}"#,
                ["achievements: progress"]
            ),
        ] as [(String, [String])]
    )
    func kinds(_ body: String, _ kinds: [String]) throws {
        #expect(try Sample.inventory(body).remains == kinds)
    }

    @Test(
        "a section of another form than the API documents remains, as long as it holds anything",
        arguments: [
            (#"{"profile":"Jane"}"#, ["profile: other members"]),
            (#"{"profile":[{"attributes":{"Name":"Jane"}}]}"#, ["profile: other members"]),
            (#"{"profile":0}"#, []),
            (#"{"profile":[]}"#, []),
            (#"{"profile":{"integrationId":"customer-42","attributes":"Jane"}}"#, ["profile: attributes"]),
            (#"{"profile":{"integrationId":"customer-42","attributes":[{"a":1}]}}"#, ["profile: attributes"]),
            (#"{"profile":{"integrationId":"customer-42","attributes":[]}}"#, []),
            (#"{"loyalty":"Jane"}"#, ["loyalty: other"]),
            (#"{"loyalty":[{"programs":1}]}"#, ["loyalty: other"]),
            (#"{"loyalty":{"programs":[{"id":1}],"cards":[]}}"#, ["loyalty: programs"]),
            (#"{"loyalty":{"programs":{"1":"Jane"}}}"#, ["loyalty: programs"]),
            (#"{"loyalty":{"programs":{"1":{"id":1,"subLedgers":[{"currentBalance":5}]}}}}"#, ["loyalty: programs"]),
            (#"{"loyalty":{"programs":{"1":{"id":1,"title":{"for":"Jane"}}}}}"#, ["loyalty: programs"]),
            (#"{"loyalty":{"programs":{},"cards":[],"hasMore":false}}"#, []),
            (#"{"coupons":{"data":[{"value":"C"}]}}"#, ["coupons: entries"]),
            (#"{"coupons":{"data":[]}}"#, []),
            (#"{"coupons":"C"}"#, ["coupons: entries"]),
            (#"{"referrals":{"data":[]}}"#, []),
            (#"{"giveaways":{"1":{"code":"G"}}}"#, ["giveaways: entries"]),
            (#"{"achievements":{"data":[{"progress":1}]}}"#, ["achievements: progress"]),
            (#"{"achievements":{}}"#, []),
        ] as [(String, [String])]
    )
    func otherForms(_ body: String, _ kinds: [String]) throws {
        let inventory = try Sample.inventory(body)
        #expect(inventory.remains == kinds)
        if !kinds.isEmpty { #expect(!inventory.isAbsent) }
    }

    @Test(
        "reserved coupons of another form than the API documents remain",
        arguments: [
            (#"{"data":{"1":{"value":"C"}}}"#, ["coupons: entries"]),
            (#"{"coupons":[{"value":"C"}]}"#, ["coupons: other"]),
            (#"{"data":[],"totalResultSize":0,"hasMore":false}"#, []),
        ] as [(String, [String])]
    )
    func otherFormsOfReservations(_ body: String, _ kinds: [String]) throws {
        #expect(try Sample.unknown(reservedCoupons: body).remains == kinds)
    }

    @Test("an attribute that the controller computed is still the customer's data")
    func derivedAttributes() throws {
        let rules = InventoryRules.talonOne.deriving(attributes: ["score"])
        #expect(
            try Sample.inventory(
                #"{"profile":{"integrationId":"customer-42","attributes":{"score":7}}}"#,
                rules: rules
            ).remains
                == ["profile: attributes"]
        )
    }

    @Test("an empty profile is a customer, and no profile is none")
    func absence() throws {
        #expect(try !Sample.inventory(#"{"profile":{"integrationId":"customer-42","attributes":{}}}"#).isAbsent)
        for body in ["{}", #"{"profile":{}}"#, #"{"profile":null}"#] {
            let inventory = try Sample.inventory(body)
            #expect(inventory.isAbsent && !inventory.hasProfile)
        }
        #expect(CustomerInventory.unknown(try SubjectID("a"), sectionsAsked: []).isAbsent)
    }

    @Test(
        "the record itself is the customer's, as long as it says more than the identifier that was asked about",
        arguments: [
            (#"{"integrationId":"customer-42","attributes":{}}"#, []),
            (#"{"integrationId":"customer-42","accountId":7,"sandbox":true,"closedSessions":0,"totalSales":0.0}"#, []),
            (#"{"id":0,"created":"0001-01-01T00:00:00.000Z","lastActivity":"0001-01-01T00:00:00Z","phone":""}"#, []),
            (#"{"integrationId":"customer-42","totalSales":1234.5}"#, ["profile: identifier", "profile: totals"]),
            (#"{"integrationId":"customer-42","closedSessions":7}"#, ["profile: identifier", "profile: totals"]),
            (#"{"integrationId":"customer-42","id":9}"#, ["profile: identifier", "profile: internal number"]),
            (
                #"{"integrationId":"customer-42","lastActivity":"2026-01-01T00:00:00Z"}"#,
                ["profile: dates", "profile: identifier"]
            ),
        ] as [(String, [String])]
    )
    func record(_ profile: String, _ kinds: [String]) throws {
        let inventory = try Sample.inventory(#"{"profile":\#(profile)}"#)
        #expect(inventory.record == kinds)
        #expect(inventory.remains.isEmpty)
        #expect(inventory.isCleared == kinds.isEmpty)
        #expect(
            !inventory.recordMembers.values.contains { $0.isEmpty } && inventory.recordMembers.isEmpty == kinds.isEmpty
        )
    }

    @Test(
        "what belongs to the record is a list: any other member of a profile, and a member of another form, remains",
        arguments: [
            #""name":"Jane","email":"jane@example.com""#, #""phone":"+49""#, #""phones":[null,{"a":1}]"#,
            #""advocateIntegrationId":"jane""#, #""subscriptions":[{"topic":"news"}]"#, #""IntegrationId":"jane""#,
            #""created":{"by":"Jane"}"#, #""totalSales":["Jane"]"#, #""id":{"email":"jane"}"#, #""accountId":"Jane""#,
            #""accountId":{"owner":"Jane"}"#, #""sandbox":["Jane"]"#, #""closedSessions":{"of":"Jane"}"#,
        ]
    )
    func otherMembers(_ member: String) throws {
        let inventory = try Sample.inventory(#"{"profile":{"integrationId":"customer-42",\#(member)}}"#)
        #expect(inventory.remains == ["profile: other members"])
        #expect(!inventory.isAbsent && !inventory.isCleared)
    }

    @Test("a profile that was never stored is none, and one that holds anything is one")
    func neverStored() throws {
        for profile in [
            #"{"id":0,"integrationId":"customer-42","created":"0001-01-01T00:00:00Z","attributes":{},"accountId":1}"#,
            #"{"id":0,"integrationId":"customer-42","sandbox":true}"#,
            #"{"integrationId":"customer-42","created":"0001-01-01T00:00:00+00:00"}"#,
        ] {
            let inventory = try Sample.inventory(#"{"profile":\#(profile)}"#)
            #expect(inventory.isAbsent && !inventory.hasProfile)
        }
        for profile in [
            #"{"id":0,"integrationId":"customer-42","attributes":{"Name":"N"}}"#, #"{"id":0,"closedSessions":1}"#,
            #"{"id":3}"#,
            #"{"id":0,"phone":"1"}"#,
        ] {
            let inventory = try Sample.inventory(#"{"profile":\#(profile)}"#)
            #expect(!inventory.isAbsent && inventory.hasProfile)
        }
    }

    @Test(
        "only a coupon that may be reserved is released",
        arguments: [
            (#"{"value":"C"}"#, true), (#"{"value":"C","reservationCounter":1,"state":"used"}"#, true),
            (#"{"value":"C","reservationCounter":0}"#, false), (#"{"value":"C","state":"used"}"#, false),
            (#"{"value":"C","profileRedemptionCount":1}"#, false),
            (#"{"value":"C","recipientIntegrationId":"customer-42"}"#, true),
            (#"{"value":"C","implicitlyReserved":true,"recipientIntegrationId":"customer-42"}"#, false),
        ]
    )
    func reserved(_ coupon: String, isReleased: Bool) throws {
        let inventory = try Sample.inventory(#"{"coupons":[\#(coupon)]}"#)
        #expect(inventory.ownReservations == (isReleased ? ["C"] : []))
        #expect(inventory.remains == ["coupons: entries"])
        // The operation of older deployments lists reservations and nothing else.
        let older = try Sample.unknown(reservedCoupons: #"{"data":[{"value":"C","state":"used"}]}"#)
        #expect(older.ownReservations == ["C"] && !older.isAbsent)
    }

    @Test("a coupon that is listed twice is released once, and codes that look alike are two coupons")
    func reservedTwice() throws {
        let coupons = #"[{"value":"C"},{"value":"C"},{"value":"\u00e9"},{"value":"e\u0301"}]"#
        let codes = try Sample.inventory(#"{"coupons":\#(coupons)}"#).ownReservations
        #expect(codes.map { Array($0.utf8) } == ["C", "\u{e9}", "e\u{301}"].map { Array($0.utf8) })
    }

    @Test("the reserved coupons of an older deployment count like the section of a newer one")
    func reservedCoupons() throws {
        var inventory = try Sample.inventory(#"{"profile":{"integrationId":"customer-42"}}"#)
        #expect(inventory.remains.isEmpty && inventory.listsCoupons == false)
        try inventory.addReservedCoupons(
            Data(#"{"totalResultSize":2,"data":[{"value":"MINE"},{"value":"FREE","implicitlyReserved":true}]}"#.utf8)
        )
        #expect(inventory.ownReservations == ["MINE"])
        #expect(inventory.remains == ["coupons: entries"])
        #expect(try Sample.inventory(#"{"coupons":[]}"#).listsCoupons)
    }
}
