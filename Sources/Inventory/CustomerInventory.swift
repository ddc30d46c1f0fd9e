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
    /// The kinds of personal data that there are, sorted and never a value: `profile: attributes`, `loyalty: cards`.
    /// After a complete erasure there are none; an empty profile may stay.
    public private(set) var remains: [String] = []
    /// The codes of coupons that are reserved for the customer or made out to them, and not on offer to every customer.
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
        ownReservations = findings.compactMap(\.reservation)
    }

    private static func object(_ body: Data) throws(InventoryError) -> RawJSON {
        let root = try RawJSON.parse(body)
        guard root.kind == .object else {
            throw InventoryError(
                .unexpectedShape,
                "the API's answer is JSON but not an object: check the base URL, then retry the request",
                offset: root.range.lowerBound
            )
        }
        return root
    }
}

extension CustomerInventory {
    /// Whether there is a profile, with or without attributes.
    public var hasProfile: Bool {
        root?.values(named: "profile").contains { !$0.members.isEmpty } == true
    }

    /// Whether the profile says that it is of the other environment.
    public func contradicts(_ environment: Environment) -> Bool {
        InventoryPath("profile.sandbox").matches(in: root).contains { match in
            match.value.kind == .boolean && (match.value.bytes == Data("true".utf8)) != (environment == .sandbox)
        }
    }

    /// Whether Talon.One holds nothing about the customer.
    public var isAbsent: Bool { !hasProfile && remains.isEmpty }

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
