import ExactJSON
import Foundation
import Inventory
import InventorySample
import SubjectRequests
import Testing

@Suite("Customer inventories")
struct CustomerInventoryTests {
    @Test(
        "the profile of another customer is refused",
        arguments: [
            ("Customer-42", "customer-42"), ("customer-42", "customer-42 "), ("e\u{301}", "\u{E9}"), ("42", "43"),
        ]
    )
    func anotherCustomer(subject: String, profile: String) {
        let body = Data("{\"profile\":{\"integrationId\":\"\(profile)\"}}".utf8)
        let error = #expect(throws: InventoryError.self) { try Sample.inventory(of: subject, body) }
        #expect(error?.code == .anotherCustomer)
        #expect(error?.description.contains(profile) == false)
    }

    @Test(
        "an answer that is not a JSON object is refused",
        arguments: [
            ("[]", InventoryError.Code.unexpectedShape), (" null", .unexpectedShape), ("\"x\"", .unexpectedShape),
            ("{", .unreadable(.invalid)), ("", .unreadable(.invalid)),
        ]
    )
    func otherShapes(text: String, code: InventoryError.Code) throws {
        #expect(#expect(throws: InventoryError.self) { try Sample.inventory(text) }?.code == code)
        var inventory = try Sample.inventory(#"{"profile":{"id":1}}"#)
        let error = #expect(throws: InventoryError.self) { try inventory.addReservedCoupons(Data(text.utf8)) }
        #expect(error?.code == code)
        #expect(inventory.reservedCoupons == nil && inventory.remains.isEmpty)
    }

    @Test("the answers are kept byte for byte")
    func bytes() throws {
        let body = " \r\n{\"profile\":{\"id\":1.0,\"id\":\"\\ud800\"},\"loyalty\":null}\n\n"
        var inventory = try Sample.inventory(body)
        #expect(inventory.body == Data(body.utf8))
        #expect(inventory.sectionsReceived == ["profile"])
        #expect(inventory.reservedCouponsBody == nil)
        try inventory.addReservedCoupons(Data("\t{ }".utf8))
        #expect(inventory.reservedCouponsBody == Data("\t{ }".utf8))
        #expect(CustomerInventory.unknown(try SubjectID("a"), sectionsAsked: ["profile"]).body == nil)
    }

    @Test("nothing of an inventory is printed")
    func printing() throws {
        let inventory = try Sample.inventory()
        let root = try #require(inventory.root)
        for value: Any in [inventory, inventory.disclosure(for: .access), root, root.members.first as Any] {
            var dumped = ""
            dump(value, to: &dumped)
            for text in [dumped, "\(value)", String(reflecting: value)] {
                #expect(!text.contains("customer-42") && !text.contains("HELLO") && !text.contains("123, 34"))
            }
        }
    }
}
