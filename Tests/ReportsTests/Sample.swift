import Foundation
import Inventory
import InventorySample
import SubjectRequests

@testable import Reports

extension Sample {
    static func facts(_ right: Right = .access, subject: String = subject) throws -> RequestFacts {
        try RequestFacts(
            requestID: 42,
            databaseID: "d7f3a2",
            right: right,
            subject: SubjectID(subject),
            environment: .live,
            producedAt: Date(timeIntervalSince1970: 1_772_892_309.125),
            receivedAt: Date(timeIntervalSince1970: 1_772_700_000),
            runID: 7,
            ticket: "T-\"1\"",
            softwareVersion: "1.0.0"
        )
    }

    /// The export of an inventory.
    static func export(
        _ inventory: CustomerInventory,
        for right: Right = .access,
        audience: ExportDocument.Audience = .subject
    ) throws -> Document {
        try ExportDocument(
            facts(right, subject: inventory.subject.value),
            inventory: inventory,
            disclosure: inventory.disclosure(for: right),
            audience: audience,
            controllerName: "Shop"
        ).rendered()
    }

    /// The letter about an inventory.
    static func letter(
        _ inventory: CustomerInventory,
        for right: Right = .access,
        controller: ControllerFacts = controller
    ) throws -> Document {
        try AnswerLetter(
            facts(right, subject: inventory.subject.value),
            inventory: inventory,
            disclosure: inventory.disclosure(for: right),
            controller: controller,
            exportSHA256: Data(repeating: 0xAB, count: 32)
        ).rendered(with: .english())
    }

    static let controller = ControllerFacts(
        name: "Example Shop & Sons",
        contact: ["1 High Street, Berlin", "privacy@shop.example"],
        dataProtectionOfficer: "dpo@shop.example",
        supervisoryAuthority: "The Berlin Commissioner",
        purposes: ["Running promotions"],
        recipients: ["Mail Example Ltd"],
        retention: "Two years after the last purchase.",
        evidenceRetention: "for three years",
        source: "All of it comes from you or your purchases.",
        transfers: "None.",
        automatedDecisions: "None."
    )
}

extension Document {
    var text: String { String(decoding: content, as: UTF8.self) }
}
