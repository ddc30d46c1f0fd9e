import Foundation
import Inventory
import Reports
import SubjectRequests

/// Access (Art. 15 GDPR) and portability (Art. 20 GDPR): the inventory as a file, and the letter that goes with it. Where
/// it is configured, the controller gets a copy of what the API answered as well, which is not for the customer.
extension Fulfilment {
    func export(_ request: SubjectRequest, _ api: APISession) async throws -> Resolution {
        let inventory = try await inventory(of: request, api)
        let documents: [Document]
        do {
            documents = try self.documents(for: request, inventory)
        } catch {
            return failed(request, "The documents could not be made: \(error).")
        }
        guard inventory.isAbsent else { return request.completed(.exported(documents)) }
        return try await unknown(request, request.completed(noData(documents)))
    }

    private func documents(for request: SubjectRequest, _ inventory: CustomerInventory) throws -> [Document] {
        let facts = facts(of: request)
        let disclosure = inventory.disclosure(for: request.right)
        let export = try ExportDocument(
            facts,
            inventory: inventory,
            disclosure: disclosure,
            controllerName: settings.facts.name
        ).rendered()
        var documents = [export]
        // Only a single export goes on where texts are missing: its reader is an operator. No incomplete letter is made.
        if settings.facts.missing(for: request.right).isEmpty {
            documents.append(
                try AnswerLetter(
                    facts,
                    inventory: inventory,
                    disclosure: disclosure,
                    controller: settings.facts,
                    exportSHA256: export.sha256,
                    identifierKeptDays: settings.noDataKeepDays
                ).rendered(with: templates)
            )
        }
        guard settings.controllerCopy else { return documents }
        let copy = try ExportDocument(
            facts,
            inventory: inventory,
            disclosure: disclosure,
            audience: .controller,
            controllerName: settings.facts.name
        ).rendered()
        return documents + [copy]
    }
}
