import ExactJSON
public import Foundation
public import Inventory
public import SubjectRequests

/// The letter that answers an access or portability request (Art. 12(1) GDPR), to be read by the customer.
///
/// For access it states what Art. 15(1) and (2) ask for and lays the data out in tables; identifiers of other people are
/// masked as they are left out of the export, and the letter says so. For portability it is the cover letter of the export:
/// what the file holds, and what it leaves out and why. Where Talon.One holds nothing, the letter says that instead: no data
/// is an answer too.
public struct AnswerLetter: Sendable {
    private let facts: RequestFacts
    private let inventory: CustomerInventory
    private let disclosure: Disclosure
    private let controller: ControllerFacts
    private let exportSHA256: Data?
    private let identifierKeptDays: Int?

    /// Prepares a letter.
    ///
    /// - Parameters:
    ///   - facts: The request that is answered. Its subject's identifier is the addressee: no name is known.
    ///   - inventory: What the API answered.
    ///   - disclosure: What is withheld for the right that `facts` names.
    ///   - controller: The controller's details; all that the letter must contain.
    ///   - exportSHA256: The digest of the export that goes with the letter: 32 bytes.
    ///   - identifierKeptDays: The days for which the identifier is kept where Talon.One holds nothing, if it is deleted
    ///     then.
    public init(
        _ facts: RequestFacts,
        inventory: CustomerInventory,
        disclosure: Disclosure,
        controller: ControllerFacts,
        exportSHA256: Data? = nil,
        identifierKeptDays: Int? = nil
    ) {
        self.facts = facts
        self.inventory = inventory
        self.disclosure = disclosure
        self.controller = controller
        self.exportSHA256 = exportSHA256
        self.identifierKeptDays = identifierKeptDays
    }

    /// Makes the letter.
    ///
    /// - Returns: `<database>-request-<number>-letter.html`, one file that needs no other.
    /// - Throws: `ReportsError` for a right that is not answered with data, and where a text of the controller is missing.
    public func rendered(with templates: DocumentTemplates) throws -> Document {
        try facts.requireDataRight()
        try controller.requireAll(for: facts.right)
        let labels = templates.labels
        let (template, body): (DocumentTemplates.Name, [String: Any]) =
            if inventory.isAbsent {
                (.noDataLetter, noDataBody)
            } else if facts.right == .access {
                (.accessLetter, accessBody(labels))
            } else {
                (.portabilityLetter, portabilityBody(labels))
            }
        let view = frame(labels).merging(body) { _, body in body }
        return .html(try templates.render(template, view), fileName: facts.letterFileName)
    }

    /// The variables that every letter has.
    private func frame(_ labels: Labels) -> [String: Any] {
        var view = facts.view(labels)
        view["controller"] = controller.view
        view["exportFile"] = facts.exportFileName
        view["hasSectionsNotAsked"] = !inventory.sectionsNotAsked.isEmpty
        view["sectionsNotAsked"] = inventory.sectionsNotAsked.map { title($0, labels) }
        view["exportDigest"] = exportSHA256?.hexadecimal
        return view
    }

    private var noDataBody: [String: Any] {
        var view: [String: Any] = ["isAccess": facts.right == .access]
        view["identifierKept"] = identifierKeptDays.map { ["days": $0, "isOneDay": $0 == 1] }
        return view
    }

    /// The order for the reader: who they are to the controller, then what they have and did. Sections that are not named
    /// here follow, in the order of the API.
    private static let readingOrder = [
        "profile", "loyalty", "achievements", "referrals", "coupons", "reservedCoupons", "giveaways",
    ]

    private func accessBody(_ labels: Labels) -> [String: Any] {
        func section(_ name: String, _ value: RawJSON, withheld: Set<RawJSON.Place>) -> [String: Any] {
            InventoryLayout.view(
                of: value,
                section: name,
                labels: labels,
                withheld: withheld,
                exportFileName: facts.exportFileName
            )
        }
        var named = (inventory.root?.members ?? []).filter { $0.value.kind != .null }.map { member in
            (name: member.name, view: section(member.name, member.value, withheld: disclosure.inventoryPlaces))
        }
        if let coupons = inventory.reservedCoupons {
            let name = "reservedCoupons"
            named.append((name, section(name, coupons, withheld: disclosure.reservedCouponPlaces)))
        }
        func place(_ name: String) -> Int { Self.readingOrder.firstIndex(of: name) ?? .max }
        let sections = named.sorted { place($0.name) < place($1.name) }.map(\.view)
        let silent = inventory.sectionsAsked.filter { !inventory.sectionsReceived.contains($0) }
        let kinds = sections.filter { $0["isEmpty"] as? Bool != true }
        var view: [String: Any] = [
            "sections": sections,
            "hasSections": !kinds.isEmpty,
            "kinds": kinds.compactMap { $0["title"] },
            "hasSilentSections": !silent.isEmpty,
            "silentSections": silent.map { title($0, labels) },
        ]
        let withheld = disclosure.inventoryPlaces.count + disclosure.reservedCouponPlaces.count
        if withheld > 0 { view["withheld"] = withheld }
        return view
    }

    private func portabilityBody(_ labels: Labels) -> [String: Any] {
        let received = inventory.sectionsReceived + (inventory.reservedCoupons == nil ? [] : ["reservedCoupons"])
        let leftOut = disclosure.withheld.map { values in
            ["path": values.path, "count": values.count, "reason": labels.reason(values.ownership)] as [String: Any]
        }
        return [
            "sections": received.map { title($0, labels) },
            "hasLeftOut": !leftOut.isEmpty,
            "leftOut": leftOut,
        ]
    }

    private func title(_ section: String, _ labels: Labels) -> String { labels.section(section)?.title ?? section }
}
