/// One line of a policy: what stands at a path is not for this answer, and why.
public struct DisclosureRule: Sendable, Hashable {
    /// Why something is left out.
    public enum Reason: String, Sendable, CaseIterable {
        /// It identifies somebody else: Art. 15(4), Art. 20(4) GDPR.
        case thirdPerson = "data_of_another_person"
        /// The controller made it, by inference or assessment: Art. 20(1) covers what the person provided, which
        /// includes what was observed of their activity, but not what was derived from it (WP242 rev.01).
        case derived = "derived_by_the_controller"
        /// It is the same for everybody and says nothing about this person: not personal data of theirs.
        case nobodys = "not_about_the_person"
    }

    /// When the rule applies to a value that stands at its path.
    public enum Condition: Sendable, Hashable {
        /// Every time.
        case always
        /// When the value names somebody other than the person who asks. Null names nobody.
        case namesAnother
        /// When the named member of the value (an object) names somebody other than the person who asks.
        case memberNamesAnother(String)
        /// When the named member of the object that holds the value names somebody other than the person who asks.
        case siblingNamesAnother(String)
        /// When the named member of the value is this text.
        case memberIs(String, String)
        /// When the value is a coupon on offer to everybody, which the person has not redeemed and which was not made
        /// out to them.
        case isOnOfferToEverybody
    }

    /// Where.
    public let path: InventoryPath
    /// When.
    public let condition: Condition
    /// Why.
    public let reason: Reason

    /// A rule; `condition` defaults to every time.
    public init(_ path: InventoryPath, _ reason: Reason, when condition: Condition = .always) {
        self.path = path
        self.condition = condition
        self.reason = reason
    }

    /// The places in an answer that this rule covers.
    func places(in root: RawJSON, subject: String) -> [RawJSON.Place] {
        path.matches(in: root).filter { applies(to: $0, subject: subject) }.map(\.value.place)
    }

    private func applies(to match: InventoryPath.Match, subject: String) -> Bool {
        switch condition {
        case .always: match.value.kind != .null
        case .namesAnother: match.value.namesAnother(than: subject)
        case .memberNamesAnother(let name):
            match.value.values(named: name).contains { $0.namesAnother(than: subject) }
        case .siblingNamesAnother(let name):
            match.parent.values(named: name).contains { $0.namesAnother(than: subject) }
        case .memberIs(let name, let text): match.value.values(named: name).contains { $0.stringValue == text }
        case .isOnOfferToEverybody: match.value.isCouponOnOfferToEverybody(exceptFor: subject)
        }
    }
}

extension RawJSON {
    /// Whether this is the identifier of somebody other than the person who asks; null and the empty text name nobody.
    /// Compared byte for byte: Swift's `==` on strings would take two ids that are canonically equivalent for one.
    func namesAnother(than subject: String) -> Bool {
        guard kind != .null else { return false }
        guard let text = stringValue else { return true }
        return !text.isEmpty && !text.utf8.elementsEqual(subject.utf8)
    }

    fileprivate func isCouponOnOfferToEverybody(exceptFor subject: String) -> Bool {
        guard values(named: "implicitlyReserved").contains(where: { $0.boolValue == true }) else { return false }
        let isRedeemed = values(named: "profileRedemptionCount").contains { $0.numberText != "0" && $0.kind != .null }
        let isTheirs = values(named: "recipientIntegrationId").contains {
            $0.stringValue?.utf8.elementsEqual(subject.utf8) == true
        }
        return !isRedeemed && !isTheirs
    }
}

/// What a policy took out, by rule.
struct DisclosureResult {
    /// A rule that applied, and to how many values.
    struct Applied: Hashable {
        let path: String
        let reason: DisclosureRule.Reason
        let count: Int
    }

    var places: Set<RawJSON.Place> = []
    var applied: [Applied] = []

    init(_ rules: [DisclosureRule], in root: RawJSON?, subject: String) {
        guard let root else { return }
        for rule in rules {
            let found = rule.places(in: root, subject: subject)
            guard !found.isEmpty else { continue }
            places.formUnion(found)
            applied.append(Applied(path: rule.path.description, reason: rule.reason, count: found.count))
        }
    }
}
