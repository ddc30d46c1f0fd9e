import Foundation
import Inventory
import InventorySample
import SubjectRequests
import Testing

/// The three questions that are asked of an inventory, side by side over one that has the customer in every place.
@Suite("Whose data it is")
struct OwnershipTests {
    /// A value of the sample, and what follows from whose it is.
    struct Row: Sendable, CustomTestStringConvertible {
        var path: [String]
        var remains: [String]
        var released: [String] = []
        var isLeftOutOfPortability = false

        var testDescription: String { path.joined(separator: ".") }
    }

    /// Values that stand alone: each is all that an inventory may hold.
    static let rows = [
        Row(path: ["profile", "attributes"], remains: ["profile: attributes"]),
        Row(
            path: ["profile", "audienceMemberships"],
            remains: ["profile: memberships"],
            isLeftOutOfPortability: true
        ),
        Row(path: ["referrals"], remains: ["referrals: entries"]),
        Row(path: ["coupons", "0"], remains: [], isLeftOutOfPortability: true),
        Row(path: ["coupons", "1"], remains: ["coupons: entries"]),
        Row(path: ["coupons", "2"], remains: ["coupons: entries"], released: ["HELLO-13"]),
        Row(path: ["coupons", "3"], remains: ["coupons: entries"]),
        Row(path: ["loyalty", "programs", "4"], remains: ["loyalty: programs"]),
        Row(path: ["loyalty", "programs", "5"], remains: [], isLeftOutOfPortability: true),
        Row(path: ["loyalty", "cards"], remains: ["loyalty: cards"]),
        Row(path: ["giveaways"], remains: ["giveaways: entries"]),
        Row(path: ["achievements", "0"], remains: ["achievements: progress"]),
        Row(path: ["achievements", "1"], remains: [], isLeftOutOfPortability: true),
        Row(path: ["wallets"], remains: ["other section: entries"]),
    ]

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

    @Test("an erasure, a release and an export agree about each value", arguments: rows)
    func value(row: Row) throws {
        let alone = try only(row)
        #expect(alone.remains == row.remains)
        #expect(alone.ownReservations == row.released)
        let place = try place(row.path)
        #expect(inventory.disclosure(for: .portability).inventoryPlaces.contains(place) == row.isLeftOutOfPortability)
        #expect(!inventory.disclosure(for: .access).inventoryPlaces.contains(place))
        // What is left out as everybody's must not remain, and what does not remain must be everybody's.
        if row.remains.isEmpty { #expect(row.isLeftOutOfPortability) }
    }

    @Test("what they say about the whole is what they say about its values, and nothing else")
    func whole() throws {
        #expect(inventory.remains == Set(Self.rows.flatMap(\.remains)).sorted())
        #expect(inventory.ownReservations == Self.rows.flatMap(\.released))
        let others = Set(try Self.others.map(place))
        #expect(inventory.disclosure(for: .access).inventoryPlaces == others)
        let leftOut = try Self.rows.filter(\.isLeftOutOfPortability).map(\.path).map(place)
        let derived = try Self.derived.map(place)
        #expect(inventory.disclosure(for: .portability).inventoryPlaces == others.union(leftOut).union(derived))
    }

    @Test("an access answer keeps every byte, and a portability answer everything but what it lists")
    func payloads() throws {
        #expect(inventory.disclosure(for: .access).inventory == Sample.inventory)
        let portability = inventory.disclosure(for: .portability)
        #expect(portability.inventory == inventory.root?.removing(portability.inventoryPlaces))
        #expect(portability.withheld.map(\.count).reduce(0, +) == portability.inventoryPlaces.count)
        #expect(!portability.withheld.contains { $0.ownership == .subject })
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

    private func place(_ path: [String]) throws -> RawJSON.Place {
        try #require(inventory.root?[path: path]).place
    }

    /// The sample with no other row in it.
    private func only(_ row: Row) throws -> CustomerInventory {
        let others = try Self.rows.filter { $0.path != row.path }.map { try place($0.path) }
        return try Sample.inventory(try #require(inventory.root).removing(Set(others)))
    }
}
