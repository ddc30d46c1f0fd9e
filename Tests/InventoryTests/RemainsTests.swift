import Foundation
import Testing

@testable import Processor

@Suite("What an inventory holds of a person")
struct InventoryContentsTests {
    /// An inventory, and the kinds of things in it that are the person's.
    @Test(
        "nothing that could lead back to the person is overlooked, and nobody's things are not theirs",
        arguments: [
            (#"{}"#, []),
            (#"{"profile":null,"coupons":[],"referrals":null}"#, []),
            (#"{"profile":{"integrationId":"a","attributes":{},"closedSessions":3,"totalSales":9.5}}"#, []),
            (#"{"profile":{"attributes":{"Name":null}}}"#, []),
            (#"{"profile":{"attributes":{"Name":""}}}"#, ["profile: attributes"]),
            (#"{"profile":{"attributes":{},"audienceMemberships":[{"id":1,"name":"x"}]}}"#, ["profile: memberships"]),
            (#"{"coupons":[{"value":"FREE","implicitlyReserved":true}]}"#, []),
            (#"{"coupons":[{"value":"FREE","implicitlyReserved":true},{"value":"MINE"}]}"#, ["coupons: entries"]),
            (#"{"coupons":[{"value":"X","implicitlyReserved":null}]}"#, ["coupons: entries"]),
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
            (#"{"giveaways":[{"code":"c"}],"referrals":[{"id":1}]}"#, ["giveaways: entries", "referrals: entries"]),
            (#"{"wallets":[{"id":1}]}"#, ["other section: entries"]),
            (#"{"wallets":[]}"#, []),
        ] as [(String, [String])]
    )
    func kinds(_ inventory: String, _ kinds: [String]) throws {
        let contents = try InventoryContents(inventory: Data(inventory.utf8))
        #expect(contents.kinds == kinds)
        #expect(contents.isErased == kinds.isEmpty)
    }

    @Test("an empty profile is a customer, and no profile is none")
    func absence() throws {
        #expect(
            try InventoryContents(inventory: Data(#"{"profile":{"integrationId":"a","attributes":{}}}"#.utf8)).isAbsent
                == false
        )
        #expect(try InventoryContents(inventory: Data(#"{"profile":{}}"#.utf8)).isAbsent)
        #expect(try InventoryContents(inventory: Data("{}".utf8)).isAbsent)
        #expect(InventoryContents.absent.isAbsent)
    }

    @Test("the reserved coupons of an older deployment count like the section of a newer one")
    func reservedCoupons() throws {
        let contents = try InventoryContents(
            inventory: Data(#"{"profile":{"integrationId":"a"}}"#.utf8),
            reservedCoupons: Data(#"{"totalResultSize":1,"data":[{"value":"MINE"}]}"#.utf8)
        )
        #expect(contents.reservedCoupons == ["MINE"])
        #expect(contents.kinds == ["coupons: entries"])
        #expect(contents.listsCoupons == false)
    }
}
