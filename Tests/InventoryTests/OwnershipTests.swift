import ExactJSON
import Foundation
import Inventory
import InventorySample
import SubjectRequests
import Testing

/// The three questions that are asked of an inventory, side by side over one that has the customer in every place.
@Suite("Whose data it is")
struct OwnershipTests {
    /// Parts of those values that belong to other people.
    static let others = [
        ["referrals", "0", "friendProfileIntegrationId"], ["referrals", "0", "referredCustomers", "0"],
        ["referrals", "0", "referredCustomers", "1"], ["coupons", "2", "recipientIntegrationId"],
        ["loyalty", "cards", "0", "profiles", "1"], ["giveaways", "1", "profileIntegrationId"],
        ["giveaways", "1", "profileId"],
    ]

    /// Parts of those values that the controller derived.
    static let derived = [
        ["loyalty", "programs", "4", "ledger", "currentTier"], ["loyalty", "programs", "4", "ledger", "nextTierName"],
        ["loyalty", "programs", "4", "ledger", "pointsToNextTier"],
        ["loyalty", "programs", "4", "subLedgers", "eu", "nextTierName"],
        ["loyalty", "programs", "5", "ledger", "pointsToNextTier"], ["loyalty", "cards", "0", "blockReason"],
        ["achievements", "0", "status"], ["achievements", "1", "status"],
    ]

    let inventory: CustomerInventory

    init() throws { inventory = try Sample.inventory() }

    @Test("an erasure, a release and an export agree about each value", arguments: Sample.places)
    func value(row: Sample.Place) throws {
        let alone = try Sample.only(row)
        #expect(alone.remains == row.remains)
        #expect(alone.record == (row.record.isEmpty ? [] : (["profile: identifier"] + row.record).sorted()))
        #expect(alone.recordMembers.isEmpty == row.record.isEmpty)
        #expect(alone.ownReservations == row.released)
        let place = try place(row.path)
        #expect(inventory.disclosure(for: .portability).inventoryPlaces.contains(place) == row.isLeftOutOfPortability)
        #expect(!inventory.disclosure(for: .access).inventoryPlaces.contains(place))
        // What is left out as everybody's must not remain, and what does not remain must be everybody's.
        if row.remains.isEmpty, row.record.isEmpty { #expect(row.isLeftOutOfPortability) }
    }

    @Test("what they say about the whole is what they say about its values, and nothing else")
    func whole() throws {
        #expect(inventory.remains == Set(Sample.places.flatMap(\.remains)).sorted())
        #expect(inventory.record == Set(Sample.places.flatMap(\.record) + ["profile: identifier"]).sorted())
        #expect(
            inventory.recordMembers["profile"]
                == ["integrationId", "id", "created", "lastActivity", "closedSessions", "totalSales"]
        )
        #expect(inventory.ownReservations == Sample.places.flatMap(\.released))
        let others = Set(try Self.others.map(place))
        #expect(inventory.disclosure(for: .access).inventoryPlaces == others)
        let leftOut = Sample.places.filter(\.isLeftOutOfPortability).map(\.path)
        // A part of what is left out as a whole is not listed again.
        let parts = (Self.others + Self.derived).filter { part in !leftOut.contains { part.starts(with: $0) } }
        #expect(inventory.disclosure(for: .portability).inventoryPlaces == Set(try (leftOut + parts).map(place)))
    }

    @Test(
        "an answer has everything but what it lists, and nothing of anyone else's",
        arguments: [Right.access, .portability]
    )
    func payloads(right: Right) throws {
        let answer = inventory.disclosure(for: right)
        #expect(answer.inventory == inventory.root?.removing(answer.inventoryPlaces))
        #expect(answer.withheld.map(\.count).reduce(0, +) == answer.inventoryPlaces.count)
        #expect(!answer.withheld.contains { $0.ownership == .subject })
    }

    @Test("reserved coupons of an older deployment are judged like the coupons of the inventory")
    func reservedCoupons() throws {
        let coupons = try #require(inventory.root?["coupons"])
        let body = #"{"data":\#(String(decoding: coupons.bytes, as: UTF8.self))}"#
        let older = try Sample.unknown(reservedCoupons: body)
        #expect(older.ownReservations == inventory.ownReservations)
        let leftOut = older.disclosure(for: .portability)
        #expect(
            leftOut.withheld.map { "\($0.path) \($0.ownership) \($0.count)" } == [
                "reserved_coupons.data[] everybody 1", "reserved_coupons.data[].recipientIntegrationId thirdParty 1",
            ]
        )
        #expect(leftOut.reservedCouponPlaces.count == 2 && leftOut.inventoryPlaces.isEmpty)
    }

    @Test(
        "an identifier of another customer is withheld wherever it stands, and counted once",
        arguments: [
            (
                #""referrals":{"data":[{"friendProfileIntegrationId":"other@x"}]}"#,
                "referrals.data[].friendProfileIntegrationId 1"
            ),
            (#""referrals":[{"friend":{"integrationId":"other@x","name":"other@x"}}]"#, "referrals[].friend 1"),
            (#""referrals":[{"FriendProfileIntegrationID":"other@x"}]"#, "referrals[].FriendProfileIntegrationID 1"),
            (
                #""referrals":[{"friend_profile_integration_id":"other@x"}]"#,
                "referrals[].friend_profile_integration_id 1"
            ),
            (
                #""sessions":[{"a":[[{"advocateIntegrationId":"other@x"}]]}]"#,
                "sessions[].a[][].advocateIntegrationId 1"
            ),
            (#""sessions":[{"integrationIds":["customer-42","other@x"]}]"#, "sessions[].integrationIds[] 1"),
            (
                #""sessions":[{"customerProfileID":"other@x"},{"profileId":"other@x"}]"#,
                "sessions[].customerProfileID 1"
            ),
            (#""friends":{"referredCustomers":["customer-42","other@x"]}"#, "friends.referredCustomers[] 1"),
            (
                #""people":[{"integrationId":"other@x","firstName":"other@x","attributes":{"a":"other@x"}}]"#,
                "people[] 1"
            ),
            (#""loyalty":{"cards":[{"profiles":[{"integrationId":"other@x"}]}]}"#, "loyalty.cards[].profiles[] 1"),
            (
                #""loyalty":{"cards":[{"profiles":[{"profileIntegrationID":"other@x","name":"other@x"}]}]}"#,
                "loyalty.cards[].profiles[] 1"
            ),
            (#""loyalty":{"cards":[{"profiles":["customer-42","other@x"]}]}"#, "loyalty.cards[].profiles[] 1"),
            (
                #""profile":{"integrationId":"customer-42","id":1,"advocateIntegrationId":"other@x"}"#,
                "profile.advocateIntegrationId 1"
            ),
            (
                #""profile":{"integrationId":"customer-42","attributes":{"friendIntegrationId":"other@x"}}"#,
                "profile.attributes.friendIntegrationId 1"
            ),
            (
                #""profile":{"integrationId":"customer-42","attributes":{"friend":{"integrationId":"other@x","n":"other@x"}}}"#,
                "profile.attributes.friend 1"
            ),
            (#""profile":{"integrationId":"customer-42","attributes":{"webProfileId":"jane"}}"#, nil),
            (
                #""sessions":[{"integrationId":"order-1","profileId":"customer-42","total":5}]"#,
                nil
            ),
            (#""sessions":[{"profileId":"901","profileID":901}]"#, nil),
            (#""sessions":[{"profileIntegrationId":"customer-42"}]"#, nil),
        ]
    )
    func otherPlaces(members: String, withheld: String?) throws {
        let inventory = try CustomerInventory(
            of: SubjectID("customer-42"),
            sectionsAsked: ["profile"],
            body: Data("{\(members)}".utf8)
        )
        for right in [Right.access, .portability] {
            let answer = inventory.disclosure(for: right)
            #expect(answer.withheld.map { "\($0.path) \($0.count)" }.first == withheld)
            #expect(!String(decoding: try #require(answer.inventory), as: UTF8.self).contains("other@x"))
        }
    }

    @Test(
        "an identifier of another customer that the answer names is withheld from texts too, and a longer text is not"
    )
    func namedElsewhere() throws {
        let body = #"""
            {"profile":{"integrationId":"customer-42","attributes":{"friendMail":"other@x","note":"ask other@x","short":"7"}},
             "referrals":[{"friendProfileIntegrationId":"other@x"},{"friendProfileIntegrationId":"7"}],
             "people":["other@x","customer-42"]}
            """#
        let answer = try Sample.inventory(body).disclosure(for: .access)
        #expect(
            answer.withheld.map { "\($0.path) \($0.count)" } == [
                "referrals[].friendProfileIntegrationId 2", "profile.attributes.friendMail 1", "people[] 1",
            ]
        )
        let payload = String(decoding: try #require(answer.inventory), as: UTF8.self)
        #expect(payload.contains(#""note":"ask other@x","short":"7""#) && !payload.contains(#":"other@x""#))
    }

    private func place(_ path: [String]) throws -> RawJSON.Place {
        try #require(inventory.root?[path: path]).place
    }
}
