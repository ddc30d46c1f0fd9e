public import ExactJSON
public import Foundation
public import SubjectRequests

/// The parts of an inventory that the answer to one request hands over, and the parts that it withholds.
public struct Disclosure: Sendable {
    /// Values at one path that are withheld.
    public struct Withheld: Sendable, Hashable {
        /// The path, such as `coupons[].recipientIntegrationId`; that of a reserved coupon begins with
        /// `reserved_coupons`.
        public let path: String
        /// The owner of the values, which is the reason why they are withheld.
        public let ownership: Ownership
        /// How many there are.
        public fileprivate(set) var count: Int
    }

    /// The inventory as it is handed over; nil where Talon.One holds nothing about the customer.
    public let inventory: Data?
    /// The answer of the reserved-coupons operation as it is handed over; nil where there is none.
    public let reservedCoupons: Data?
    /// The values that are withheld, in the order of the rules.
    public let withheld: [Withheld]
    /// The places in the inventory that are withheld.
    public let inventoryPlaces: Set<RawJSON.Place>
    /// The places in the answer of the reserved-coupons operation that are withheld.
    public let reservedCouponPlaces: Set<RawJSON.Place>

    static let nothing = Disclosure(
        inventory: nil,
        reservedCoupons: nil,
        withheld: [],
        inventoryPlaces: [],
        reservedCouponPlaces: []
    )
}

/// The rule by which an answer withholds data.
struct DisclosurePolicy {
    /// The owners whose data is withheld, from the payload and from the letter alike.
    let withheld: Set<Ownership>

    init(for right: Right) {
        switch right {
        case .access, .rectification, .erasure: self = .access
        case .portability: self = .portability
        }
    }

    private init(withheld: Set<Ownership>) {
        self.withheld = withheld
    }

    /// An access answer leaves out what identifies others: Art. 15(4) GDPR. Weighing their rights is the controller's to
    /// do, who can have a copy of all that the API answered.
    private static let access = DisclosurePolicy(withheld: [.thirdParty])

    /// A portability export leaves out what Art. 20(1) GDPR does not cover, and the data of others: Art. 20(4) forbids
    /// that passing data on to a new controller affects them, and none of them has agreed to it.
    private static let portability = DisclosurePolicy(withheld: [.thirdParty, .derived, .everybody])
}

extension CustomerInventory {
    /// The parts that the answer to a request hands over, and the parts that it withholds.
    public func disclosure(for right: Right) -> Disclosure {
        guard !isAbsent else { return .nothing }
        let policy = DisclosurePolicy(for: right)
        var inInventory = withheld(root, rules.inventory, by: policy)
        var inCoupons = withheld(reservedCoupons, rules.reservedCoupons, by: policy)
        let others = Set((inInventory + inCoupons).flatMap(\.identifiersOfOthers))
        if !others.isEmpty {
            inInventory = adding(textsThatName: others, in: root, to: inInventory)
            inCoupons = adding(textsThatName: others, in: reservedCoupons, to: inCoupons)
        }
        let inventoryPlaces = Set(inInventory.map(\.value.place))
        let reservedCouponPlaces = Set(inCoupons.map(\.value.place))
        func payload(_ root: RawJSON?, without places: Set<RawJSON.Place>) -> Data? {
            places.isEmpty ? root?.document : root?.removing(places)
        }
        return Disclosure(
            inventory: payload(root, without: inventoryPlaces),
            reservedCoupons: payload(reservedCoupons, without: reservedCouponPlaces),
            withheld: summary(inInventory, of: root, under: "")
                + summary(inCoupons, of: reservedCoupons, under: "reserved_coupons."),
            inventoryPlaces: inventoryPlaces,
            reservedCouponPlaces: reservedCouponPlaces
        )
    }

    private func withheld(
        _ root: RawJSON?,
        _ rules: [OwnershipRule],
        by policy: DisclosurePolicy
    ) -> [InventoryRules.Finding] {
        let known = InventoryRules.judge(root, by: rules, subject: subject)
            .filter { policy.withheld.contains($0.rule.ownership) }
        let places = Set(known.map(\.value.place))
        let elsewhere = InventoryRules.judge(root, by: self.rules.elsewhere, subject: subject)
            .filter { policy.withheld.contains($0.rule.ownership) && !places.contains($0.value.place) }
        return (known + elsewhere).outermost
    }

    /// The findings, and those texts that are an identifier of another customer whom the answer names as that elsewhere.
    private func adding(
        textsThatName others: Set<[UInt8]>,
        in root: RawJSON?,
        to findings: [InventoryRules.Finding]
    ) -> [InventoryRules.Finding] {
        let places = Set(findings.map(\.value.place))
        let rule = OwnershipRule("**", .thirdParty, when: .isOneOf(others))
        let more = InventoryRules.judge(root, by: [rule], subject: subject)
            .filter { !places.contains($0.value.place) }
        return (findings + more).outermost
    }

    private func summary(
        _ findings: [InventoryRules.Finding],
        of root: RawJSON?,
        under prefix: String
    ) -> [Disclosure.Withheld] {
        let paths = root?.paths(of: Set(findings.filter(\.rule.path.isAnyPlace).map(\.value.place))) ?? [:]
        var positions: [Disclosure.Withheld: Int] = [:]
        return findings.reduce(into: []) { summary, finding in
            let new = Disclosure.Withheld(
                path: prefix + (paths[finding.value.place] ?? finding.rule.path.description),
                ownership: finding.rule.ownership,
                count: 0
            )
            let position = positions[new] ?? summary.endIndex
            if position == summary.endIndex {
                positions[new] = position
                summary.append(new)
            }
            summary[position].count += 1
        }
    }
}

extension InventoryRules.Finding {
    /// The identifiers of other customers in this value, without those so short that they may be any word.
    fileprivate var identifiersOfOthers: [[UInt8]] {
        guard rule.ownership == .thirdParty else { return [] }
        let values = value.kind == .object ? value.identifiers(ending: true) : [value]
        return values.compactMap { $0.stringValue.map { Array($0.utf8) } }.filter { $0.count >= 6 }
    }
}

extension RawJSON {
    /// The paths of these places, as a rule would write them.
    fileprivate func paths(of places: Set<Place>) -> [Place: String] {
        guard !places.isEmpty else { return [:] }
        var paths: [Place: String] = [:]
        var open = [(self, "")]
        while paths.count < places.count, let (value, path) = open.popLast() {
            if places.contains(value.place) { paths[value.place] = path }
            open += value.members.map { ($0.value, path.isEmpty ? $0.name : "\(path).\($0.name)") }
            open += value.elements.map { ($0, "\(path)[]") }
        }
        return paths
    }
}

extension [InventoryRules.Finding] {
    /// Those whose value is not part of another one's, in their order.
    fileprivate var outermost: [InventoryRules.Finding] {
        var end = 0
        var inner: Set<RawJSON.Place> = []
        for finding in sorted(by: { $0.value.range.lowerBound < $1.value.range.lowerBound }) {
            let range = finding.value.range
            if range.lowerBound < end { inner.insert(finding.value.place) } else { end = range.upperBound }
        }
        return filter { !inner.contains($0.value.place) }
    }
}

extension Disclosure: CustomStringConvertible, CustomReflectable {
    /// Says how much is withheld, and nothing of what is handed over.
    public var description: String { "(disclosure withheld, \(withheld.count) paths left out or masked)" }
    /// Empty, so that dumps show nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
