public import ExactJSON
import SubjectRequests

/// One line of the inventory's rules: whose the value at a path is, and what it means after an erasure.
struct OwnershipRule: Sendable, Hashable {
    /// What the rule requires of a value at its path, other than that it is not null.
    enum Condition: Sendable, Hashable {
        /// Nothing.
        case always
        /// The value identifies a customer other than the subject.
        case namesAnother
        /// The value is a text that identifies a customer other than the subject, and no internal number.
        case isTextOfAnother
        /// A member of the value (an object) is an `integrationId` of a customer other than the subject.
        case memberNamesAnother
        /// The value (an object) is about a customer other than the subject: that is whom its own `integrationId` names,
        /// it is no session or event, and nothing in it names the subject.
        case isAboutAnother
        /// The value is one of these texts, in UTF-8.
        case isOneOf(Set<[UInt8]>)
        /// The value is the `integrationId` of a session or an event, and no customer's.
        case isOfSessionOrEvent
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
        /// The value is a coupon that may be reserved for the subject, and not merely redeemed by or made out to them.
        case mayBeReserved
        /// The value is a member with a name other than these.
        case isNoneOf([String])
        /// The value is of a kind other than this: what it holds is at no path that another rule knows.
        case isNot(RawJSON.Kind)
        /// The value is a list or an object, where the API documents one value.
        case isComposite
    }

    /// How a value counts when an erasure is read back. Each has the kind of data in words.
    enum Remainder: Sendable, Hashable {
        /// It counts whatever it holds: an attribute, or an entry of a list.
        case entry(String)
        /// It counts unless it holds nothing: a list, or a section.
        case container(String)
        /// It counts unless it is empty, zero or not set, as part of the record itself: the deletion promises to clear
        /// what is in the record and what refers to it, and not the record.
        case record(String)
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
        case .isTextOfAnother: value.isText(ofAnotherThan: subject)
        case .memberNamesAnother: value.identifiers(ending: true).contains { $0.namesAnother(than: subject) }
        case .isAboutAnother: value.isAbout(anotherThan: subject)
        case .isOneOf(let texts): value.stringValue.map { texts.contains(Array($0.utf8)) } ?? false
        case .isOfSessionOrEvent: match.name?.joinedWords == "integrationid" && match.parent.isSessionOrEvent
        case .siblingNamesAnother(let name):
            match.parent.values(named: name).contains { $0.namesAnother(than: subject) }
        case .isOffer: value.isOffer
        case .isUnclaimedOffer: value.isOffer && !value.isClaimed(by: subject)
        case .isProgramNotJoined:
            value.isProgramNotJoined
        case .isAchievementNotBegun:
            value.isAchievementNotBegun
        case .mayBeReserved: value.mayBeReserved
        case .isNoneOf(let names): !names.contains { $0.utf8.elementsEqual((match.name ?? "").utf8) }
        case .isNot(let kind): value.kind != kind
        case .isComposite: !value.isSingle
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

    fileprivate func isText(ofAnotherThan subject: SubjectID) -> Bool {
        guard let text = stringValue, !text.allSatisfy(\.isNumber) else { return false }
        return namesAnother(than: subject)
    }

    fileprivate func isAbout(anotherThan subject: SubjectID) -> Bool {
        kind == .object && !isSessionOrEvent
            && identifiers(ending: false).contains { $0.namesAnother(than: subject) }
            && !members.contains { $0.value.stringValue?.utf8.elementsEqual(subject.value.utf8) == true }
    }

    fileprivate var isSessionOrEvent: Bool {
        members.contains {
            ["cartitems", "total", "state", "sessionid", "type", "effects"].contains($0.name.joinedWords)
        }
    }

    /// The values of the members with the name of a customer's identifier, or also of those whose name ends so.
    func identifiers(ending: Bool) -> [RawJSON] {
        members.filter { member in
            let name = member.name.joinedWords
            return ending ? name.hasSuffix("integrationid") : name == "integrationid"
        }.map(\.value)
    }

    /// Whether it holds anything: an element of a list counts whatever it is, everything else where it says something.
    var holdsSomething: Bool {
        switch kind {
        case .object: members.contains { $0.value.holdsSomething }
        case .array: !elements.isEmpty
        case .null, .boolean, .number, .string: saysSomething
        }
    }

    /// Whether it says anything about the subject: something other than the values that an API writes for "not set",
    /// which are null, false, zero, the empty text, the zero instant, and lists and objects of nothing else.
    var saysSomething: Bool {
        switch kind {
        case .null: false
        case .boolean: boolValue == true
        case .number: !isZero
        case .string: stringValue?.isEmpty == false && !isZeroInstant
        case .object: members.contains { $0.value.saysSomething }
        case .array: elements.contains { $0.saysSomething }
        }
    }

    /// Whether it is one value and no list or object.
    fileprivate var isSingle: Bool { kind != .object && kind != .array }

    /// Whether it is the number zero.
    public var isZero: Bool { numberText.map { JSONNumber($0).isZero } ?? false }

    /// Whether it is the zero instant of the API's language, `0001-01-01T00:00:00Z`: no time was set.
    public var isZeroInstant: Bool {
        guard let text = stringValue, text.utf8.count <= 40 else { return false }
        return text.wholeMatch(of: /0001-01-01T00:00:00(\.0+)?(Z|[+-]00:00)/) != nil
    }
}

// MARK: - Coupons, programs, achievements

extension RawJSON {
    // A coupon that says it twice is an offer only if both say so: in doubt it is the subject's.
    fileprivate var isOffer: Bool {
        let marks = values(named: "implicitlyReserved")
        return !marks.isEmpty && marks.allSatisfy { $0.boolValue == true }
    }

    // A member that is not known may be about the subject.
    fileprivate func isClaimed(by subject: SubjectID) -> Bool {
        isRedeemed
            || values(named: "recipientIntegrationId").contains {
                $0.stringValue?.utf8.elementsEqual(subject.value.utf8) == true
            }
            || members.contains { !Self.couponMembers.contains($0.name) && $0.value.saysSomething }
    }

    // Where the subject's redemptions are not counted, a coupon that was used may have been used by them.
    private var isRedeemed: Bool {
        let counters = values(named: "profileRedemptionCount").filter { $0.kind != .null }
        guard counters.isEmpty else { return counters.contains { !$0.isZero } }
        return isUsed
    }

    private var isUsed: Bool { values(named: "state").last?.stringValue == "used" }

    private static let couponMembers: Set = [
        "id", "created", "campaignId", "value", "usageLimit", "usageCounter", "discountLimit", "discountCounter",
        "discountRemainder", "reservationLimit", "reservationCounter", "startDate", "expiryDate", "limits",
        "attributes",
        "referralId", "recipientIntegrationId", "importId", "reservation", "batchId", "isReservationMandatory",
        "implicitlyReserved", "profileRedemptionCount", "state",
    ]

    // A coupon that counts no reservation has none to release. Where nothing is counted, one that was used up or redeemed
    // is in the inventory because of that.
    fileprivate var mayBeReserved: Bool {
        let counters = values(named: "reservationCounter").filter { $0.kind != .null }
        guard counters.isEmpty else { return counters.contains { !$0.isZero } }
        return !isRedeemed && !isUsed
    }

    /// Whether it has nothing but what the program offers to every customer. A tier is the subject's.
    fileprivate var isProgramNotJoined: Bool {
        guard kind == .object else { return !saysSomething }
        return members.allSatisfy { member in
            switch member.name {
            case "id", "title", "name", "description": member.value.isSingle
            case "ledger": member.value.isUntouchedLedger
            case "subLedgers" where member.value.kind == .object:
                member.value.members.allSatisfy { $0.value.isUntouchedLedger }
            default: !member.value.saysSomething
            }
        }
    }

    private var isUntouchedLedger: Bool {
        guard kind == .object else { return !saysSomething }
        return members.allSatisfy {
            ["nextTierName", "pointsToNextTier"].contains($0.name) && $0.value.isSingle || !$0.value.saysSomething
        }
    }

    /// Whether it has nothing but what the achievement is to every customer.
    fileprivate var isAchievementNotBegun: Bool {
        guard values(named: "status").last?.stringValue == "not_started" else { return false }
        return members.allSatisfy { member in
            switch member.name {
            case "name", "title", "description", "campaignId", "target", "status", "achievementId",
                "achievementRecurrencePolicy", "achievementActivationPolicy", "achievementFixedStartDate",
                "achievementEndDate", "achievementAllowRollbackAfterCompletion":
                member.value.isSingle
            default: !member.value.saysSomething
            }
        }
    }
}
