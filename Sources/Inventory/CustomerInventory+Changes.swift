import ExactJSON
import Foundation
public import SubjectRequests

extension CustomerInventory {
    /// The attributes whose value in this inventory is not the requested one, in the order of the request. An attribute
    /// that the request clears may be absent or null.
    ///
    /// - Throws: `InventoryError` where the changes nest deeper than an inventory may; asked before the update is sent,
    ///   this says that it could not be verified.
    public func unapplied(_ changes: RequestedChanges) throws(InventoryError) -> [String] {
        let wanted = try InventoryError.reading { () throws(JSONError) in try RawJSON.parse(Data(changes.json.utf8)) }
        let attributes = InventoryPath("profile.attributes").matches(in: root)
        return wanted.members.filter { change in
            // A value that came twice is the requested one only if both are.
            let found = attributes.flatMap { $0.value.values(named: change.name) }
            if change.value.kind == .null { return !found.allSatisfy { $0.kind == .null } }
            return found.isEmpty || !found.allSatisfy { $0.isEquivalent(to: change.value) }
        }.map(\.name)
    }
}

extension RawJSON {
    /// Whether both values mean the same: numbers are compared as exact decimals, strings by their code points, members
    /// in any order. Of members with one name the last counts.
    func isEquivalent(to other: RawJSON) -> Bool {
        switch (kind, other.kind) {
        case (.null, .null): return true
        case (.boolean, .boolean): return boolValue == other.boolValue
        case (.string, .string): return codeUnits == other.codeUnits
        case (.number, .number): return numberText.map(JSONNumber.init) == other.numberText.map(JSONNumber.init)
        case (.array, .array):
            let (mine, others) = (elements, other.elements)
            return mine.count == others.count && zip(mine, others).allSatisfy { $0.isEquivalent(to: $1) }
        case (.object, .object):
            let (mine, others) = (valuesByName, other.valuesByName)
            return mine.count == others.count
                && mine.allSatisfy { others[$0.key].map($0.value.isEquivalent(to:)) == true }
        default: return false
        }
    }

    private var valuesByName: [[UInt16]?: RawJSON] {
        members.reduce(into: [:]) { $0[$1.key.codeUnits] = $1.value }
    }
}
