public import Foundation

/// The answer to an access request for reading (Art. 12(1) and 15 GDPR): what Art. 15(1) and (2) ask for, and the data
/// laid out in tables.
///
/// Identifiers of other people are masked, and the letter says so. Where the system knows no such customer, the letter
/// says that instead: no data is an answer too.
public struct AccessLetter: Sendable {
    private let facts: RequestFacts
    private let answer: InventoryAnswer
    private let controller: ControllerFacts
    private let receivedAt: Date?
    private let exportSHA256: Data?

    /// Prepares a letter.
    ///
    /// - Parameters:
    ///   - facts: The request that is answered. Its `integrationID` is the addressee: no name is known.
    ///   - answer: What the API said.
    ///   - controller: What the controller says of itself; what is missing is named in the letter.
    ///   - receivedAt: When the request reached the controller.
    ///   - exportSHA256: The digest of the export that goes with the letter: 32 bytes.
    public init(
        _ facts: RequestFacts,
        answer: InventoryAnswer,
        controller: ControllerFacts,
        receivedAt: Date? = nil,
        exportSHA256: Data? = nil
    ) {
        self.facts = facts
        self.answer = answer
        self.controller = controller
        self.receivedAt = receivedAt
        self.exportSHA256 = exportSHA256
    }

    /// Makes the letter.
    ///
    /// - Returns: `request-<number>-letter.html`, one file that needs no other.
    /// - Throws: `ReportsError` when an answer of the API is not a JSON object, or is about another customer.
    public func rendered(with templates: DocumentTemplates) throws(ReportsError) -> Document {
        let parsed = try ParsedAnswer(answer, subject: facts.integrationID)
        let labels = templates.labels
        var view = facts.letterView(controller, receivedAt: receivedAt, exportSHA256: exportSHA256, labels: labels)
        guard parsed.holdsData else {
            view["isAccess"] = true
            return .html(try templates.render(.noDataLetter, view), fileName: facts.letterFileName)
        }
        let subject = facts.integrationID
        let others = DisclosurePolicy.otherPeople
        let inInventory = DisclosureResult(others.inventory, in: parsed.inventory, subject: subject)
        let inCoupons = DisclosureResult(others.reservedCoupons, in: parsed.reservedCoupons, subject: subject)

        var sections = (parsed.inventory?.members ?? []).filter { $0.value.kind != .null }.map { member in
            section(member.name, member.value, withheld: inInventory.places, labels: labels)
        }
        if let coupons = parsed.reservedCoupons {
            sections.append(section("reservedCoupons", coupons, withheld: inCoupons.places, labels: labels))
        }
        view["sections"] = sections
        view["hasSections"] = !sections.isEmpty
        let withheld = inInventory.places.count + inCoupons.places.count
        if withheld > 0 { view["withheld"] = withheld }
        let silent = parsed.sectionsAsked.filter { !parsed.sectionsReceived.contains($0) }
        view["hasSilentSections"] = !silent.isEmpty
        view["silentSections"] = silent.map { labels.section($0)?.title ?? $0 }
        return .html(try templates.render(.accessLetter, view), fileName: facts.letterFileName)
    }

    private func section(
        _ name: String,
        _ value: RawJSON,
        withheld: Set<RawJSON.Place>,
        labels: Labels
    ) -> [String: Any] {
        InventoryLayout.view(
            of: value,
            section: name,
            labels: labels,
            withheld: withheld,
            exportFileName: facts.exportFileName
        )
    }
}

extension RequestFacts {
    /// The variables that every letter shares.
    func letterView(
        _ controller: ControllerFacts,
        receivedAt: Date?,
        exportSHA256: Data?,
        labels: Labels
    ) -> [String: Any] {
        var view: [String: Any] = [
            "request": String(requestID),
            "addressee": integrationID,
            "date": Moment.readableDay(producedAt, months: labels.months),
            "controller": controller.view,
            "exportFile": exportFileName,
            "isSandbox": environment == .sandbox,
        ]
        view["received"] = receivedAt.map { Moment.readableDay($0, months: labels.months) }
        view["ticket"] = ticket
        view["exportDigest"] = exportSHA256.map(\.hexadecimal)
        return view
    }
}
