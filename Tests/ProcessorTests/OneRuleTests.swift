import ExactJSON
import Foundation
import Inventory
import InventorySample
import Reports
import SubjectRequests
import Testing

@testable import Processor

/// One customer in every place of the inventory, and what each answer says about it, side by side.
@Suite("One rule for whose data it is")
struct OneRuleTests {
    private static let controller = ControllerFacts(
        name: "N",
        contact: ["C"],
        supervisoryAuthority: "S",
        purposes: ["P"],
        recipients: ["R"],
        retention: "R",
        source: "S",
        transfers: "T",
        automatedDecisions: "A"
    )

    @Test(
        "what an export and a letter show as the customer's is what a read-back and a recheck find",
        arguments: Sample.places
    )
    func place(_ place: Sample.Place) throws {
        let inventory = try Sample.only(place)
        let isTheirs = !place.remains.isEmpty || !place.record.isEmpty
        // The read-back after an erasure, and the recheck.
        #expect(inventory.isCleared == !isTheirs)
        let found = Recheck.Finding(inventory, recordRemained: false)
        #expect(found == (isTheirs ? .reappeared((inventory.remains + inventory.record).sorted()) : .absent))
        // The export and the letter of an access request: the same places are left out of both, and the value is in both.
        let access = try documents(.access, inventory)
        let value = try #require(try RawJSON.parse(Sample.inventory)[path: place.path])
        let ownValues = value.leaves.filter { leaf in
            !Sample.otherPeople.contains { String(decoding: leaf.bytes, as: UTF8.self).contains($0) }
        }
        let payload = try #require(try RawJSON.parse(access.export.content)["inventory"])
        let exported = Set(payload.leaves.map(\.bytes))
        #expect(ownValues.contains { exported.contains($0.bytes) })
        for person in Sample.otherPeople {
            #expect(!access.export.text.contains(person) && !access.letter.text.contains(person))
        }
        // Portability leaves out what is not provided by the customer, and never calls anything theirs that an erasure
        // would not find.
        let portable = inventory.disclosure(for: .portability).withheld
        if !isTheirs { #expect(portable.contains { $0.ownership == .everybody }) }
        #expect(!portable.contains { $0.ownership == .subject })
    }

    @Test(
        "an answer about another customer is refused by the one reader that all rights use",
        arguments: [
            "CUSTOMER-42", "customer-42 ", "other",
        ]
    )
    func anotherCustomer(_ id: String) {
        let error = #expect(throws: InventoryError.self) {
            try Sample.inventory(#"{"profile":{"integrationId":"\#(id)"}}"#)
        }
        #expect(error?.code == .anotherCustomer)
    }

    private func documents(
        _ right: Right,
        _ inventory: CustomerInventory
    ) throws -> (export: Document, letter: Document) {
        let facts = RequestFacts(
            requestID: 1,
            databaseID: "d7f3a2",
            right: right,
            subject: inventory.subject,
            environment: .live,
            producedAt: Date(timeIntervalSince1970: 0),
            softwareVersion: "1"
        )
        let disclosure = inventory.disclosure(for: right)
        return (
            try ExportDocument(facts, inventory: inventory, disclosure: disclosure).rendered(),
            try AnswerLetter(facts, inventory: inventory, disclosure: disclosure, controller: Self.controller)
                .rendered(with: .english())
        )
    }
}

extension Document {
    fileprivate var text: String { String(decoding: content, as: UTF8.self) }
}
