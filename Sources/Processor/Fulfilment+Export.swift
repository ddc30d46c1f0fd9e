import CallPolicy
import Foundation
import Reports
import Store
import SubjectRequests
import TalonOne

extension Fulfilment {
    /// Art. 15 and Art. 20: the inventory, the export and the letter that goes with it.
    func export(_ request: SubjectRequest, _ calls: inout Calls) async throws(CallError) -> ClaimResult {
        let inventory = try await inventory(of: request.subject, &calls)
        let isKnown = !inventory.contents.isAbsent
        let answer = InventoryAnswer(
            sectionsAsked: settings.sections.sorted().map(\.rawValue),
            inventory: isKnown ? inventory.body : nil,
            reservedCoupons: isKnown ? inventory.reservedCoupons : nil
        )
        var result = ClaimResult(of: request.id, claim: request.claimNumber, state: .completed)
        result.outcome = isKnown ? .exported : .noData
        result.failures = request.failures
        result.documents = try documents(for: request, answer)
        return result
    }

    private func documents(
        for request: SubjectRequest,
        _ answer: InventoryAnswer
    ) throws(CallError) -> [StoredDocument] {
        let facts = RequestFacts(
            requestID: request.id,
            right: request.right == .portability ? .portability : .access,
            integrationID: request.subject.value,
            environment: settings.environment,
            producedAt: Date(),
            runID: run,
            ticket: request.ticket,
            softwareVersion: settings.version
        )
        do throws(ReportsError) {
            let export = try ExportDocument(facts, answer: answer, controllerName: settings.facts.name).rendered()
            let letter =
                switch facts.right {
                case .access:
                    try AccessLetter(
                        facts,
                        answer: answer,
                        controller: settings.facts,
                        receivedAt: request.receivedAt,
                        exportSHA256: export.sha256
                    ).rendered(with: templates)
                case .portability:
                    try PortabilityLetter(
                        facts,
                        answer: answer,
                        controller: settings.facts,
                        receivedAt: request.receivedAt,
                        exportSHA256: export.sha256
                    ).rendered(with: templates)
                }
            return [StoredDocument(export), StoredDocument(letter)]
        } catch {
            throw CallError(
                failure: .unreadable,
                sentence: "The answer cannot be put into a document: \(error).",
                mayHaveActed: false
            )
        }
    }
}

extension StoredDocument {
    init(_ document: Document) {
        self.init(
            fileName: document.fileName,
            mediaType: document.mediaType,
            sha256: document.sha256,
            content: document.content
        )
    }
}
