import Foundation
import Inventory
import SubjectRequests
import Testing

@testable import Processor

@Suite("Rechecks")
struct RecheckTests {
    @Test("a customer who is unknown, or left as the identifier that was asked about, has not reappeared")
    func absent() throws {
        let subject = try SubjectID("customer")
        #expect(Recheck.Finding(.unknown(subject, sectionsAsked: ["profile"]), recordRemained: false) == .absent)
        #expect(Recheck.Finding(try inventory(#"{"attributes":{}}"#), recordRemained: false) == .absent)
    }

    @Test("a customer with data has reappeared, and the finding names kinds of data and no values")
    func reappeared() throws {
        let inventory = try inventory(#"{"integrationId":"customer","attributes":{"Name":"N"}}"#)
        #expect(Recheck.Finding(inventory, recordRemained: true) == .reappeared(["profile: attributes"]))
    }

    @Test("a record is a reappearance, unless the erasure left it")
    func record() throws {
        let inventory = try inventory(#"{"integrationId":"customer","totalSales":3}"#)
        #expect(
            Recheck.Finding(inventory, recordRemained: false)
                == .reappeared(["profile: identifier", "profile: totals"])
        )
        #expect(Recheck.Finding(inventory, recordRemained: true) == .absent)
    }

    private func inventory(_ profile: String) throws -> CustomerInventory {
        let body = Data(#"{"profile":\#(profile)}"#.utf8)
        return try CustomerInventory(of: SubjectID("customer"), sectionsAsked: ["profile"], body: body)
    }
}
