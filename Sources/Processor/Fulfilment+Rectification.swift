import CallPolicy
import Foundation
import Reports
import Store
import SubjectRequests
import TalonOne

/// Art. 16. Read first, because an update of an unknown customer would create one.
extension Fulfilment {
    func rectify(_ request: SubjectRequest, _ calls: inout Calls) async throws(CallError) -> ClaimResult {
        guard let changes = request.changes else {
            throw CallError(failure: .impossible, sentence: "The rectification names no changes.", mayHaveActed: false)
        }
        var result = ClaimResult(of: request.id, claim: request.claimNumber, state: .completed)
        result.failures = request.failures
        guard try await inventory(of: request.subject, &calls).contents.hasProfile else {
            result.outcome = .noData
            return result
        }
        let wanted: RawJSON
        let profile: NewCustomerProfile
        do {
            wanted = try RawJSON.parse(Data(changes.json.utf8))
            profile = NewCustomerProfile(
                attributes: try JSONDecoder().decode([String: TalonOne.JSONValue].self, from: Data(changes.json.utf8))
            )
        } catch {
            throw CallError(failure: .impossible, sentence: "The changes cannot be read as JSON.", mayHaveActed: false)
        }
        let id = request.subject.value
        // Setting the same values twice is setting them.
        _ = try await calls.change(
            isRepeatable: true,
            announce: { () throws(CallError) in try await announce(.updateProfile, of: request) }
        ) { () throws(TalonOneError) in
            try await client.updateCustomerProfile(integrationId: id, profile)
        }
        let names = Self.presentable(wanted.members.map(\.name), subject: request.subject)
        if settings.namesAttributes { result.attributes = names.known }
        let missing = Self.missing(wanted, in: try await inventory(of: request.subject, &calls).body)
        if missing.isEmpty {
            result.outcome = .rectified
        } else {
            result.state = .failed
            result.outcome = .notApplied
            let names = Self.presentable(missing, subject: request.subject)
            result.reason =
                "\(missing.count) of \(wanted.members.count) changed attributes read back with another value: \(names)."
        }
        return result
    }

    /// Names of attributes as they may be shown: those of a form that Talon.One gives them. Others are the inserter's text,
    /// and are counted.
    private struct PresentableNames: CustomStringConvertible {
        var known: [String] = []
        var withheld = 0

        var description: String {
            (known + (withheld > 0 ? ["and \(withheld) of another form"] : [])).joined(separator: ", ")
        }
    }

    private static func presentable(_ names: [String], subject: SubjectID) -> PresentableNames {
        var presentable = PresentableNames()
        for name in names {
            if name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_ -]{0,63}/) != nil, !name.contains(subject.value) {
                presentable.known.append(name)
            } else {
                presentable.withheld += 1
            }
        }
        return presentable
    }

    /// The attributes whose value in the inventory is not the wanted one. Cleared is absent or null.
    private static func missing(_ wanted: RawJSON, in inventory: Data?) -> [String] {
        let profile = inventory.flatMap { try? RawJSON.parse($0) }?.values(named: "profile").last
        let attributes = profile?.values(named: "attributes").last
        return wanted.members.compactMap { member in
            let found = attributes?.values(named: member.name).last
            let applied =
                member.value.kind == .null
                ? found == nil || found?.kind == .null
                : found.map { Self.canonical($0) == Self.canonical(member.value) } ?? false
            return applied ? nil : member.name
        }
    }

    /// A value for comparison: 1.0 and 1 are one number, and members have no order.
    private static func canonical(_ value: RawJSON) -> TalonOne.JSONValue? {
        try? JSONDecoder().decode(TalonOne.JSONValue.self, from: value.bytes)
    }
}
