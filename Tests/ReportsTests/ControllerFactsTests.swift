import Foundation
import InventorySample
import SubjectRequests
import Testing

@testable import Reports

@Suite("Texts of the controller in letters")
struct ControllerFactsTests {
    typealias Fact = (name: String, rights: Set<Right>, remove: @Sendable (inout ControllerFacts) -> Void)

    private static let facts: [Fact] = [
        ("name", Set(Right.allCases), { $0.name = nil }),
        ("contact", Set(Right.allCases), { $0.contact = ["", " "] }),
        ("supervisoryAuthority", Set(Right.allCases), { $0.supervisoryAuthority = "\u{A0}\n" }),
        ("purposes", [.access], { $0.purposes = [] }),
        ("recipients", [.access], { $0.recipients = [] }),
        ("retention", [.access], { $0.retention = "" }),
        ("source", [.access], { $0.source = nil }),
        ("transfers", [.access], { $0.transfers = nil }),
        ("automatedDecisions", [.access], { $0.automatedDecisions = nil }),
        ("evidenceRetention", [.erasure], { $0.evidenceRetention = nil }),
    ]

    @Test("a missing text is named for the rights whose answers must contain it, and for no other", arguments: 0..<10)
    func missing(fact: Int) {
        let fact = Self.facts[fact]
        var controller = Sample.controller
        fact.remove(&controller)
        for right in Right.allCases {
            let expected = fact.rights.contains(right) ? ["controller.\(fact.name)"] : []
            #expect(controller.missing(for: right) == expected, "\(right)")
        }
        #expect(controller.missing == ["controller.\(fact.name)"])
        #expect(Set(controller.incompleteRights) == fact.rights)
        #expect(controller.problem?.contains("controller.\(fact.name)") == true)
    }

    @Test("no letter is made without a text that it must contain", arguments: 0..<10)
    func incomplete(fact: Int) throws {
        let fact = Self.facts[fact]
        var controller = Sample.controller
        fact.remove(&controller)
        if fact.rights.contains(.access) {
            let error = #expect(throws: ReportsError.self) {
                try Sample.letter(Sample.inventory(), controller: controller)
            }
            #expect(error?.code == .incomplete && error?.description.contains(fact.name) == true)
        }
        if fact.rights.contains(.erasure) {
            let error = #expect(throws: ReportsError.self) {
                try ErasureConfirmation(
                    requestID: 1,
                    databaseID: "d7f3a2",
                    environment: .live,
                    outcome: .erased,
                    steps: [],
                    producedAt: Date(timeIntervalSince1970: 0),
                    controller: controller
                ).rendered(with: .english())
            }
            #expect(error?.code == .incomplete && error?.description.contains(fact.name) == true)
        }
    }

    @Test("with all texts nothing is missing, and a data protection officer is not obligatory")
    func complete() {
        var controller = Sample.controller
        controller.dataProtectionOfficer = nil
        #expect(controller.missing == [] && controller.incompleteRights == [] && controller.problem == nil)
    }
}
