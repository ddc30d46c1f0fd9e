import ExactJSON
import SubjectRequests

/// Whose each value of an answer of the API is. It is the only place that knows: what remains after an erasure, what
/// the record itself holds, what must be released before one, and what an answer withholds are all read from it.
///
/// The first rule that applies to a value decides about it. A value without a rule is the subject's, and part of what
/// contains it.
public struct InventoryRules: Sendable, Hashable {
    /// Rules over the customer inventory.
    var inventory: [OwnershipRule]
    /// Rules over the answer of the reserved-coupons operation.
    var reservedCoupons: [OwnershipRule]
    /// Rules about what identifies other customers in places that have no rule of their own, in either answer. They decide
    /// only what an answer withholds.
    var elsewhere: [OwnershipRule] = []

    /// The rules with these attributes as data that the controller derived, for instance a score that it computed:
    /// only the controller knows which of its own fields are that.
    public func deriving(attributes names: [String]) -> InventoryRules {
        var rules = self
        let derived = names.map { OwnershipRule(.attribute($0), .derived, .entry(Self.attributes)) }
        rules.inventory.insert(contentsOf: derived, at: 0)
        return rules
    }

    /// A value and the rule that decided about it.
    struct Finding {
        let rule: OwnershipRule
        let value: RawJSON
        /// The value's name, where an object holds it.
        let name: String?

        /// The kind of data that this is, where an erasure has to remove it; nil where it has not.
        var remainder: String? {
            guard rule.ownership.isPersonal else { return nil }
            return switch rule.remainder {
            case .entry(let kind): kind
            case .container(let kind): value.holdsSomething ? kind : nil
            case .record, nil: nil
            }
        }

        /// The kind of data that this is, where it is part of the record itself and says something.
        var recordKind: String? {
            guard case .record(let kind) = rule.remainder, value.saysSomething else { return nil }
            return kind
        }

        /// The code of a coupon that is reserved for the subject; nil for anything else.
        var reservation: String? {
            rule.isReservation ? value.values(named: "value").last?.stringValue : nil
        }
    }

    /// Decides about every value that some rule is about: rule by rule, the values of each in document order.
    static func judge(_ root: RawJSON?, by rules: [OwnershipRule], subject: SubjectID) -> [Finding] {
        var judged: Set<RawJSON.Place> = []
        return rules.flatMap { rule in
            rule.path.matches(in: root)
                .filter { rule.applies(to: $0, subject: subject) && judged.insert($0.value.place).inserted }
                .map { Finding(rule: rule, value: $0.value, name: $0.name) }
        }
    }
}
