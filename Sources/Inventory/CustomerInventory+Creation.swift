import ExactJSON
public import Foundation

extension CustomerInventory {
    /// When the profile was created, as the API says; `nil` where it does not say so in the form of RFC 3339. Where it says
    /// so twice, the later instant.
    public var createdAt: Date? { latest(of: ["created"]) }

    /// When the profile was created or last active, whichever is later; `nil` where the API does not say either.
    public var lastActiveAt: Date? { latest(of: ["created", "lastActivity"]) }

    private func latest(of members: [String]) -> Date? {
        let instants = members.flatMap { name in
            InventoryPath("profile.\(name)").matches(in: root).map { $0.value.stringValue.flatMap(Self.instant) }
        }
        return instants.contains(nil) ? nil : instants.compactMap(\.self).max()
    }

    /// Whether there is more than the bare record, which an event of the shop also creates: data that a deletion clears, or
    /// totals.
    public var holdsMoreThanRecord: Bool { !remains.isEmpty || record.contains(InventoryRules.totals) }

    /// The API writes up to nine digits of a second.
    private static func instant(_ text: String) -> Date? {
        let form = /(?<seconds>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?<fraction>\.\d{1,12})?(?<zone>Z|[+-]\d{2}:\d{2})/
        guard let parts = text.wholeMatch(of: form),
            let whole = try? Date("\(parts.seconds)\(parts.zone)", strategy: .iso8601)
        else { return nil }
        return whole + (parts.fraction.flatMap { Double("0\($0)") } ?? 0)
    }
}
