import Foundation
import Inventory
import SubjectRequests
import Testing

@testable import Processor

@Suite("Rechecks")
struct RecheckTests {
    @Test("a customer who is unknown, or left as an empty shell, has not reappeared")
    func absent() throws {
        let subject = try SubjectID("customer")
        #expect(Recheck.Finding(.unknown(subject, sectionsAsked: ["profile"])) == .absent)
        let shell = Data(#"{"profile":{"integrationId":"customer","attributes":{}}}"#.utf8)
        let inventory = try CustomerInventory(of: subject, sectionsAsked: ["profile"], body: shell)
        #expect(Recheck.Finding(inventory) == .absent)
    }

    @Test("a customer with data has reappeared, and the finding names kinds of data and no values")
    func reappeared() throws {
        let body = Data(#"{"profile":{"integrationId":"customer","attributes":{"Name":"N"}}}"#.utf8)
        let inventory = try CustomerInventory(of: SubjectID("customer"), sectionsAsked: ["profile"], body: body)
        #expect(Recheck.Finding(inventory) == .reappeared(["profile: attributes"]))
    }
}
