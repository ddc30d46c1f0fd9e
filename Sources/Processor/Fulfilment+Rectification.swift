import CallPolicy
import ExactJSON
import Foundation
import Inventory
import Reports
import SubjectRequests
import TalonOne

/// Rectification (Art. 16 GDPR). It reads first, because an update would create an unknown customer.
extension Fulfilment {
    func rectify(_ request: SubjectRequest, _ api: APISession) async throws -> Resolution {
        guard let changes = request.changes else {
            return failed(request, "The request has no changes.", as: .impossible)
        }
        let before = try await inventory(of: request, api)
        guard before.hasProfile else {
            let answer = answered(request, nil) { noData([$0]) }
            // A customer without a profile can have coupons, and could have been answered with these.
            return before.isAbsent ? try await unknown(request, answer) : answer
        }
        let profile: NewCustomerProfile
        do {
            // Changes that could not be compared with the read-back are not sent.
            _ = try before.unapplied(changes)
            profile = NewCustomerProfile(try RawJSON.parse(Data(changes.json.utf8)))
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
        let after = try await inventory(of: request, sections: settings.sections, afterChange: api)
        let unapplied = try after.unapplied(changes)
        guard !unapplied.isEmpty else {
            return answered(request, changes) { .rectified([$0], attributes: recorded) }
        }
        return request.failed(
            .notApplied(attributes: recorded),
            reason: "\(unapplied.count) of \(changes.names.count) changed attributes read back with another value: "
                + "\(AttributeNames(unapplied, subject: request.subject))."
        )
    }

    /// The end of a request that is answered with a letter.
    ///
    /// - Parameter changes: The changes that were made; nil where the customer is unknown.
    private func answered(
        _ request: SubjectRequest,
        _ changes: RequestedChanges?,
        _ completion: (Document) -> Resolution.Completion
    ) -> Resolution {
        do {
            let letter = RectificationLetter(
                facts(of: request),
                changes: changes,
                controller: settings.facts,
                identifierKeptDays: settings.noDataKeepDays
            )
            return request.completed(completion(try letter.rendered(with: templates)))
        } catch {
            return failed(request, "The letter could not be made: \(error).")
        }
    }
}

extension NewCustomerProfile {
    /// The changes as they were requested, digit for digit.
    fileprivate init(_ changes: RawJSON) {
        self.init(exactly: changes.bytes)
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
        let named = presentable.joined(separator: ", ")
        guard withheld > 0 else { return named }
        let others = "\(withheld) whose \(withheld == 1 ? "name is" : "names are") not shown"
        return named.isEmpty ? others : "\(named), and \(others)"
    }
}
