import ExactJSON

/// What the API documents about the form of an inventory. An answer of another form cannot be read: what is not there, or
/// is something else, must never count as empty.
extension CustomerInventory {
    /// The sections that were asked for and are not in the answer, in the order of the question. None where the API knows
    /// no such customer. A list without entries may be null; a profile without members is none.
    public var missingSections: [String] {
        guard let root else { return [] }
        return sectionsAsked.filter { section in
            let values = root.values(named: section)
            return values.isEmpty || section == "profile" && values.allSatisfy(\.isEmptyProfile)
        }
    }

    /// The places whose value is of another JSON type than the API documents, as paths and never with a value. Null stands
    /// for a list or an object without content, and for no entry of a list.
    public var malformedPlaces: [String] {
        Self.malformed(in: root, InventoryForm.inventory)
    }

    /// Whether the answer of the reserved-coupons operation, where there is one, is a list of coupons.
    private var listsReservedCoupons: Bool {
        guard let reservedCoupons else { return true }
        return !reservedCoupons.values(named: "data").isEmpty
            && Self.malformed(in: reservedCoupons, InventoryForm.reservedCoupons).isEmpty
    }

    private static func malformed(in root: RawJSON?, _ form: [InventoryForm]) -> [String] {
        form.filter { place in
            place.path.matches(in: root).contains { match in
                match.value.kind != place.kind && !(place.isNullable && match.value.kind == .null)
            }
        }.map(\.path.description)
    }

    /// Checks that the answer has the form that the API documents.
    ///
    /// - Parameter optional: Sections that the deployment may leave out.
    /// - Throws: `InventoryError` that names sections and paths, and no value.
    public func requireForm(optional: Set<String> = []) throws(InventoryError) {
        let missing = missingSections.filter { !optional.contains($0) }
        guard missing.isEmpty else {
            throw InventoryError(
                .unexpectedShape,
                "the answer lacks what was asked for: \(missing.joined(separator: ", ")). What is missing never counts as "
                    + "empty; if the deployment does not have these sections, name them in TALON_ONE_OPTIONAL_SECTIONS"
            )
        }
        let malformed = malformedPlaces
        guard malformed.isEmpty else {
            throw InventoryError(
                .unexpectedShape,
                "the answer has another JSON type than the API documents at: \(malformed.joined(separator: ", "))"
            )
        }
        guard listsReservedCoupons else {
            throw InventoryError(
                .unexpectedShape,
                "the answer about reserved coupons is not the list that the API documents"
            )
        }
    }
}

extension RawJSON {
    fileprivate var isEmptyProfile: Bool { kind == .null || kind == .object && members.isEmpty }
}

/// One line of the documented form: the JSON type of the values at a path.
private struct InventoryForm {
    let path: InventoryPath
    let kind: RawJSON.Kind
    let isNullable: Bool

    private init(_ path: InventoryPath, _ kind: RawJSON.Kind, isNullable: Bool = true) {
        self.path = path
        self.kind = kind
        self.isNullable = isNullable
    }

    static let inventory =
        [
            InventoryForm("profile", .object),
            InventoryForm("profile.attributes", .object),
            InventoryForm("loyalty", .object),
            InventoryForm("loyalty.programs", .object),
            InventoryForm("loyalty.programs.*", .object),
        ]
        + [
            "profile.audienceMemberships", "profile.loyaltyMemberships", "referrals", "coupons", "loyalty.cards",
            "giveaways", "achievements",
        ].flatMap(list)

    static let reservedCoupons = list("data")

    private static func list(_ path: String) -> [InventoryForm] {
        [
            InventoryForm(InventoryPath(path), .array),
            InventoryForm(InventoryPath("\(path)[]"), .object, isNullable: false),
        ]
    }
}

/// How a deployment answers about a customer who does not exist, where that is no 404: with an empty object, or with a
/// profile that was never stored. It is seen, and never guessed.
public struct UnknownForm: Sendable, Hashable {
    private let sections: Set<String>

    /// The form of an answer about a customer who cannot exist; `nil` where the answer is a 404, or says that there is
    /// something.
    public init?(_ inventory: CustomerInventory) {
        guard let root = inventory.root, inventory.isAbsent, inventory.malformedPlaces.isEmpty else { return nil }
        let names = Set(root.members.map(\.name))
        guard names.isSubset(of: InventoryRules.sections) else { return nil }
        sections = names
    }

    /// Whether an answer says in this form that the customer does not exist.
    public func describes(_ inventory: CustomerInventory) -> Bool {
        UnknownForm(inventory) == self
    }
}
