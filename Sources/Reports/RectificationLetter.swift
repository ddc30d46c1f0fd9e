import ExactJSON
import Foundation
import Inventory
public import SubjectRequests

/// The letter that answers a rectification request (Art. 12(3), 16 and 19 GDPR), to be read by the customer: what was
/// changed, or that there is no data to change.
public struct RectificationLetter: Sendable {
    private let facts: RequestFacts
    private let changes: RequestedChanges?
    private let controller: ControllerFacts
    private let identifierKeptDays: Int?

    /// Prepares a letter.
    ///
    /// - Parameters:
    ///   - facts: The request that is answered. Its subject's identifier is the addressee.
    ///   - changes: The changes that were made and read back; nil where Talon.One does not know the customer.
    ///   - controller: The controller's details; all that the letter must contain.
    ///   - identifierKeptDays: The days for which the identifier is kept where there is no data, if it is deleted then.
    public init(
        _ facts: RequestFacts,
        changes: RequestedChanges?,
        controller: ControllerFacts,
        identifierKeptDays: Int? = nil
    ) {
        self.facts = facts
        self.changes = changes
        self.controller = controller
        self.identifierKeptDays = identifierKeptDays
    }

    /// Makes the letter.
    ///
    /// - Returns: `<database>-request-<number>-letter.html`, one file that needs no other.
    /// - Throws: `ReportsError` for a template that cannot be used, and where a text of the controller is missing.
    public func rendered(with templates: DocumentTemplates) throws -> Document {
        try controller.requireAll(for: .rectification)
        var view = facts.view(templates.labels)
        view["controller"] = controller.view
        if let changes { view["changes"] = try Self.view(of: changes, templates.labels) }
        view["isUnknown"] = changes == nil
        view["identifierKept"] = identifierKeptDays.map { ["days": $0, "isOneDay": $0 == 1] }
        return .html(try templates.render(.rectificationLetter, view), fileName: facts.letterFileName)
    }

    // As the access letter shows attributes.
    private static func view(of changes: RequestedChanges, _ labels: Labels) throws -> [String: Any] {
        let profile = try RawJSON.parse(Data("{\"attributes\":\(changes.json)}".utf8))
        var view = InventoryLayout.view(
            of: profile,
            section: "profile",
            labels: labels,
            withheld: [],
            exportFileName: ""
        )
        view["title"] = false
        view["about"] = false
        return view
    }
}
