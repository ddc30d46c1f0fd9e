import SubjectRequests

/// One line of the inventory's rules: whose the value at a path is, and what it means after an erasure.
struct OwnershipRule: Sendable, Hashable {
    /// What the rule requires of a value at its path, other than that it is not null.
    enum Condition: Sendable, Hashable {
        /// Nothing.
        case always
        /// The value identifies a customer other than the subject.
        case namesAnother
        /// The named member of the value (an object) identifies a customer other than the subject.
        case memberNamesAnother(String)
        /// The named member of the object that holds the value identifies a customer other than the subject.
        case siblingNamesAnother(String)
        /// The value is a coupon on offer to every customer.
        case isOffer
        /// The value is a coupon on offer to every customer, neither redeemed by the subject nor made out to them.
        case isUnclaimedOffer
        /// The value is a loyalty program that the subject has not joined and has no points in.
        case isProgramNotJoined
        /// The value is an achievement that the subject has not begun.
        case isAchievementNotBegun
        /// The value is a member with a name other than these.
        case isNoneOf([String])
    }

    /// How a value counts when an erasure is read back. Each has the kind of data in words.
    enum Remainder: Sendable, Hashable {
        /// It counts whatever it holds: an attribute, or an entry of a list.
        case entry(String)
        /// It counts unless it is empty: a list, or a section.
        case container(String)
    }

    /// Where the value is.
    let path: InventoryPath
    /// Whose it is.
    let ownership: Ownership
    /// What it counts as after an erasure; nil for a part of something that counts, and for what an empty profile has.
    let remainder: Remainder?
    /// Whether it is a coupon reserved for the subject, which must be released before an erasure.
    let isReservation: Bool
    /// When the rule applies.
    let condition: Condition

    init(
        _ path: InventoryPath,
        _ ownership: Ownership,
        _ remainder: Remainder? = nil,
        isReservation: Bool = false,
        when condition: Condition = .always
    ) {
        self.path = path
        self.ownership = ownership
        self.remainder = remainder
        self.isReservation = isReservation
        self.condition = condition
    }

    /// Whether the rule decides about a value at its path.
    func applies(to match: InventoryPath.Match, subject: SubjectID) -> Bool {
        let value = match.value
        guard value.kind != .null else { return false }
        return switch condition {
        case .always: true
        case .namesAnother: value.namesAnother(than: subject)
        case .memberNamesAnother(let name): value.values(named: name).contains { $0.namesAnother(than: subject) }
        case .siblingNamesAnother(let name):
            match.parent.values(named: name).contains { $0.namesAnother(than: subject) }
        case .isOffer: value.isOffer
        case .isUnclaimedOffer: value.isOffer && !value.isClaimed(by: subject)
        case .isProgramNotJoined:
            !value.holdsAmount && !value.values(named: "joinDate").contains { $0.holdsSomething }
        case .isAchievementNotBegun:
            value.values(named: "status").last?.stringValue == "not_started"
                && !value.values(named: "progress").contains { $0.holdsAmount }
        case .isNoneOf(let names): !names.contains { $0.utf8.elementsEqual((match.name ?? "").utf8) }
        }
    }
}

extension RawJSON {
    /// Whether this identifies a customer other than the subject; null and the empty text identify no one. Compared
    /// byte for byte: Swift's `==` on strings would take two ids that are canonically equivalent for one.
    func namesAnother(than subject: SubjectID) -> Bool {
        guard kind != .null else { return false }
        guard let text = stringValue else { return true }
        return !text.isEmpty && !text.utf8.elementsEqual(subject.value.utf8)
    }

    /// Whether it holds anything: an element, a member, text, a number.
    var holdsSomething: Bool {
        switch kind {
        case .null: false
        case .object: !members.isEmpty
        case .array: !elements.isEmpty
        case .string: stringValue?.isEmpty == false
        case .number, .boolean: true
        }
    }

    // A coupon that says it twice is an offer only if both say so: in doubt it is the subject's.
    fileprivate var isOffer: Bool {
        let marks = values(named: "implicitlyReserved")
        return !marks.isEmpty && marks.allSatisfy { $0.boolValue == true }
    }

    fileprivate func isClaimed(by subject: SubjectID) -> Bool {
        values(named: "profileRedemptionCount").contains { $0.kind != .null && !$0.isZero }
            || values(named: "recipientIntegrationId").contains {
                $0.stringValue?.utf8.elementsEqual(subject.value.utf8) == true
            }
    }

    /// Whether it is a number other than zero, or holds one. Identifiers, and the points that a program asks of every
    /// customer for its next tier, are not amounts of the subject's.
    fileprivate var holdsAmount: Bool {
        switch kind {
        case .number: !isZero
        case .object:
            members.contains { member in
                !member.name.lowercased().hasSuffix("id") && member.name != "pointsToNextTier"
                    && member.value.holdsAmount
            }
        case .array: elements.contains { $0.holdsAmount }
        case .string, .boolean, .null: false
        }
    }

    private var isZero: Bool { numberText.map { JSONNumber($0).isZero } ?? false }
}
