import CallPolicy
import Foundation
import Inventory
import SubjectRequests
import TalonOne

/// Rectification (Art. 16 GDPR). It reads first, because an update would create an unknown customer.
extension Fulfilment {
    func rectify(_ request: SubjectRequest, _ api: APISession) async throws -> Resolution {
        guard let changes = request.changes, let profile = NewCustomerProfile(changes) else {
            return failed(request, "The changes cannot be read as JSON.", as: .impossible)
        }
        let before = try await inventory(of: request, api)
        guard before.hasProfile else { return request.completed(.noData([])) }
        do {
            // Changes that could not be compared with the read-back are not sent.
            _ = try before.unapplied(changes)
        } catch {
            return failed(request, "The changes cannot be read: \(error).", as: .impossible)
        }
        let id = request.subject.value
        // Setting the same values again is idempotent.
        try await api.change(
            isRepeatable: true,
            announce: { try await announce(.updateProfile, of: request) },
            { try await $0.updateCustomerProfile(integrationId: id, profile) }
        )
        let names = AttributeNames(changes.names, subject: request.subject)
        let recorded = settings.namesAttributes ? names.presentable : []
        let unapplied = try await inventory(of: request, api).unapplied(changes)
        guard !unapplied.isEmpty else { return request.completed(.rectified(attributes: recorded)) }
        return request.failed(
            .notApplied(attributes: recorded),
            reason: "\(unapplied.count) of \(changes.names.count) changed attributes read back with another value: "
                + "\(AttributeNames(unapplied, subject: request.subject))."
        )
    }
}

extension NewCustomerProfile {
    fileprivate init?(_ changes: RequestedChanges) {
        let attributes = try? JSONDecoder().decode([String: JSONValue].self, from: Data(changes.json.utf8))
        guard let attributes else { return nil }
        self.init(attributes: attributes)
    }
}

/// Names of attributes as they may be shown: those of the form that Talon.One gives them. Any other name is text of the
/// requester, and is only counted.
private struct AttributeNames: CustomStringConvertible {
    private(set) var presentable: [String] = []
    private var withheld = 0

    init(_ names: [String], subject: SubjectID) {
        for name in names {
            if name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_ -]{0,63}/) != nil, !name.contains(subject.value) {
                presentable.append(name)
            } else {
                withheld += 1
            }
        }
    }

    var description: String {
        (presentable + (withheld > 0 ? ["and \(withheld) of another form"] : [])).joined(separator: ", ")
    }
}
