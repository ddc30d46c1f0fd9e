public import Foundation

/// The cover letter of a portability export (Art. 20 GDPR): what the file holds, and what it leaves out and why.
public struct PortabilityLetter: Sendable {
    private let facts: RequestFacts
    private let answer: InventoryAnswer
    private let controller: ControllerFacts
    private let receivedAt: Date?
    private let exportSHA256: Data?
    private let policy: DisclosurePolicy

    /// Prepares a letter.
    ///
    /// - Parameters:
    ///   - facts: The request that is answered. Its `integrationID` is the addressee: no name is known.
    ///   - answer: What the API said.
    ///   - controller: What the controller says of itself.
    ///   - receivedAt: When the request reached the controller.
    ///   - exportSHA256: The digest of the export that goes with the letter: 32 bytes.
    ///   - portabilityPolicy: The policy that the export was made with.
    public init(
        _ facts: RequestFacts,
        answer: InventoryAnswer,
        controller: ControllerFacts,
        receivedAt: Date? = nil,
        exportSHA256: Data? = nil,
        portabilityPolicy: DisclosurePolicy = .portability
    ) {
        self.facts = facts
        self.answer = answer
        self.controller = controller
        self.receivedAt = receivedAt
        self.exportSHA256 = exportSHA256
        self.policy = portabilityPolicy
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
            return .html(try templates.render(.noDataLetter, view), fileName: facts.letterFileName)
        }
        let received = parsed.sectionsReceived + (parsed.reservedCoupons == nil ? [] : ["reservedCoupons"])
        view["sections"] = received.map { labels.section($0)?.title ?? $0 }
        let subject = facts.integrationID
        let applied =
            DisclosureResult(policy.inventory, in: parsed.inventory, subject: subject).applied
            + DisclosureResult(policy.reservedCoupons, in: parsed.reservedCoupons, subject: subject).applied
        view["hasLeftOut"] = !applied.isEmpty
        view["leftOut"] = applied.map { rule in
            ["path": rule.path, "count": rule.count, "reason": labels.reason(rule.reason)] as [String: Any]
        }
        return .html(try templates.render(.portabilityLetter, view), fileName: facts.letterFileName)
    }
}
