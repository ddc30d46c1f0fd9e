public import ExactJSON
public import Foundation
public import SubjectRequests

/// The API's answer about one customer, parsed once and then asked.
///
/// Its description and mirror show nothing of the answer.
public struct CustomerInventory: Sendable {
    /// The customer.
    public let subject: SubjectID
    /// The sections of the inventory that were asked for, in the order of the question.
    public let sectionsAsked: [String]
    /// The inventory; nil where the API knows no such customer.
    public let root: RawJSON?
    /// The answer of the reserved-coupons operation, on deployments whose inventory has no coupons.
    public private(set) var reservedCoupons: RawJSON?
    /// The kinds of personal data that a deletion promises to clear, sorted and never a value: `profile: attributes`,
    /// `loyalty: cards`. After a deletion that was carried out there are none.
    public private(set) var remains: [String] = []
    /// The kinds of personal data in the customer's record itself, sorted and never a value: `profile: identifier`,
    /// `profile: totals`. A deletion may leave them. None for a record that holds no more than the identifier that was
    /// asked about.
    public private(set) var record: [String] = []
    /// The names of the members that make up ``record``, by section and in the order in which they came.
    public private(set) var recordMembers: [String: [String]] = [:]
    /// The codes of coupons that may be reserved for the customer, and are not on offer to every customer. Each occurs
    /// once.
    public private(set) var ownReservations: [String] = []

    let rules: InventoryRules

    /// Reads an answer of the inventory operation.
    ///
    /// - Parameters:
    ///   - subject: The customer who was asked about.
    ///   - sectionsAsked: The sections of the inventory that were asked for.
    ///   - body: The answer, byte for byte.
    ///   - rules: The owner of each value.
    /// - Throws: `InventoryError`: the answer is not a JSON object, or has the profile of another customer. Handing that
    ///   over would be a breach (Art. 33 GDPR) that no rule about single values could prevent.
    public init(
        of subject: SubjectID,
        sectionsAsked: [String],
        body: Data,
        rules: InventoryRules = .talonOne
    ) throws(InventoryError) {
        self.init(subject, sectionsAsked, try Self.object(body), rules)
        guard
            InventoryPath("profile.integrationId").matches(in: root).allSatisfy({
                !$0.value.namesAnother(than: subject)
            })
        else {
            throw InventoryError(
                .anotherCustomer,
                "the API answered with the profile of another customer: nothing was handed over, compare the identifiers"
            )
        }
    }

    /// The inventory of a customer whom the API does not know.
    public static func unknown(
        _ subject: SubjectID,
        sectionsAsked: [String],
        rules: InventoryRules = .talonOne
    ) -> CustomerInventory {
        CustomerInventory(subject, sectionsAsked, nil, rules)
    }

    private init(_ subject: SubjectID, _ sectionsAsked: [String], _ root: RawJSON?, _ rules: InventoryRules) {
        self.subject = subject
        self.sectionsAsked = sectionsAsked
        self.root = root
        self.rules = rules
        judge()
    }

    /// Adds the answer of the reserved-coupons operation.
    ///
    /// - Throws: `InventoryError` where the answer is not a JSON object; the inventory is unchanged then.
    public mutating func addReservedCoupons(_ body: Data) throws(InventoryError) {
        reservedCoupons = try Self.object(body)
        judge()
    }

    private mutating func judge() {
        let findings =
            InventoryRules.judge(root, by: rules.inventory, subject: subject)
            + InventoryRules.judge(reservedCoupons, by: rules.reservedCoupons, subject: subject)
        remains = Set(findings.compactMap(\.remainder)).sorted()
        // Two codes that Unicode calls equivalent are two coupons.
        var seen: Set<[UInt8]> = []
        ownReservations = findings.compactMap(\.reservation).filter { seen.insert(Array($0.utf8)).inserted }
        let parts = findings.filter { $0.recordKind != nil }
        let kinds = Set(parts.compactMap(\.recordKind)).sorted()
        // A record with the identifier alone holds nothing that the question did not.
        record = kinds == [InventoryRules.identifier] ? [] : kinds
        recordMembers = record.isEmpty ? [:] : ["profile": unique(parts.compactMap(\.name))]
    }

    private func unique(_ names: [String]) -> [String] {
        names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private static func object(_ body: Data) throws(InventoryError) -> RawJSON {
        let root = try InventoryError.reading { () throws(JSONError) in try RawJSON.parse(body) }
        guard root.kind == .object else {
            throw InventoryError(
                .unexpectedShape,
                "the API's answer is JSON but not an object: check the base URL, then retry the request"
            )
        }
        return root
    }
}

extension CustomerInventory {
    /// Whether there is a profile, with or without attributes. One that says by its number or its dates that it was never
    /// stored, and holds nothing else, is none: some deployments answer so about a customer whom they do not know.
    public var hasProfile: Bool {
        let profiles = root?.values(named: "profile").filter { !$0.members.isEmpty } ?? []
        guard record.isEmpty, !remains.contains(where: { $0.hasPrefix("profile:") }) else { return true }
        return profiles.contains { profile in
            !profile.values(named: "id").contains(where: \.isZero)
                && !profile.values(named: "created").contains(where: \.isZeroInstant)
        }
    }

    /// Whether the profile says that it is of the other environment: by a boolean, or by a number or a text that stands for
    /// one.
    public func contradicts(_ environment: Environment) -> Bool {
        InventoryPath("profile.sandbox").matches(in: root).contains { match in
            match.value.truth.map { $0 != (environment == .sandbox) } ?? false
        }
    }

    /// Whether Talon.One holds nothing about the customer.
    public var isAbsent: Bool { !hasProfile && remains.isEmpty }

    /// Whether nothing is left of a customer whose data was deleted.
    public var isCleared: Bool { remains.isEmpty && record.isEmpty }

    /// The sections of an inventory that were not asked for.
    public var sectionsNotAsked: [String] { InventoryRules.sections.filter { !sectionsAsked.contains($0) } }

    /// Whether the inventory has a section for coupons, empty or not. Without one, an older deployment is asked for the
    /// reserved coupons.
    public var listsCoupons: Bool { sectionsReceived.contains("coupons") }

    /// The sections that came with a value other than null, in the order in which they came.
    public var sectionsReceived: [String] {
        root?.members.filter { $0.value.kind != .null }.map(\.name) ?? []
    }

    /// The inventory as it came, byte for byte; nil where the API knows no such customer.
    public var body: Data? { root?.document }

    /// The answer of the reserved-coupons operation as it came, byte for byte.
    public var reservedCouponsBody: Data? { reservedCoupons?.document }
}

extension CustomerInventory: CustomStringConvertible, CustomReflectable {
    /// Says that there is an inventory, and nothing of it.
    public var description: String { "(inventory withheld)" }
    /// Empty, so that dumps show nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension RawJSON {
    /// The boolean that it is or stands for.
    fileprivate var truth: Bool? {
        let text = stringValue?.trimmingCharacters(in: .whitespacesAndNewlines).lowercased() ?? numberText
        return switch text {
        case "true", "1": true
        case "false", "0": false
        default: boolValue
        }
    }
}
