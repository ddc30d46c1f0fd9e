import Foundation
import Reports

/// What an inventory holds of a person, by kind and never by value.
///
/// Everything that is not known to be nobody's counts as theirs: an erasure may only be called complete where
/// nothing is left that could lead back to the person.
struct InventoryContents: Sendable, Hashable {
    /// Whether there is a profile, with or without attributes.
    private(set) var hasProfile = false
    /// What there is besides an empty profile, as in `profile: attributes` or `loyalty: cards`, sorted.
    private(set) var kinds: [String] = []
    /// The codes of coupons that are reserved for the person or meant for them, not for everybody.
    private(set) var reservedCoupons: [String] = []

    /// Whether the inventory has a section for coupons, empty or not.
    private(set) var listsCoupons = false

    /// Whether Talon.One holds nothing at all.
    var isAbsent: Bool { !hasProfile && kinds.isEmpty }
    /// Whether nothing is left but, at most, an empty shell of a profile.
    var isErased: Bool { kinds.isEmpty }

    /// No such customer.
    static let absent = InventoryContents()

    private init() {}

    /// - Parameters:
    ///   - inventory: The body of an inventory answer.
    ///   - reservedCoupons: The body of a reserved-coupons answer, where the deployment has the operation.
    init(inventory: Data, reservedCoupons: Data? = nil) throws(ReportsError) {
        for member in try RawJSON.parse(inventory).members where member.value.kind != .null {
            switch member.name {
            case "profile": readProfile(member.value)
            case "coupons":
                listsCoupons = true
                readCoupons(member.value)
            case "loyalty": readLoyalty(member.value)
            case "achievements": readAchievements(member.value)
            case "referrals", "giveaways": note(member.value.holdsSomething, "\(member.name): entries")
            default: note(member.value.holdsSomething, "other section: entries")
            }
        }
        if let reservedCoupons {
            for member in try RawJSON.parse(reservedCoupons).members where member.name == "data" {
                readCoupons(member.value)
            }
        }
        kinds = Set(kinds).sorted()
    }

    private mutating func note(_ isThere: Bool, _ kind: String) {
        if isThere { kinds.append(kind) }
    }

    private mutating func readProfile(_ profile: RawJSON) {
        hasProfile = !profile.members.isEmpty
        for member in profile.members {
            switch member.name {
            case "attributes":
                note(member.value.members.contains { $0.value.kind != .null }, "profile: attributes")
            case "audienceMemberships", "loyaltyMemberships":
                note(member.value.holdsSomething, "profile: memberships")
            default:
                // Identifier, dates and sums of the row itself: the shell that may stay.
                break
            }
        }
    }

    private mutating func readCoupons(_ coupons: RawJSON) {
        for coupon in coupons.elements where coupon.values(named: "implicitlyReserved").last?.boolValue != true {
            note(true, "coupons: entries")
            if let code = coupon.values(named: "value").last?.stringValue { reservedCoupons.append(code) }
        }
    }

    private mutating func readLoyalty(_ loyalty: RawJSON) {
        for member in loyalty.members {
            switch member.name {
            case "programs":
                // A programme is listed for everybody; a date of joining or a balance makes it theirs.
                note(
                    member.value.members.contains { program in
                        program.value.values(named: "joinDate").contains { $0.holdsSomething }
                            || program.value.holdsAmount
                    },
                    "loyalty: programs"
                )
            default: note(member.value.holdsSomething, member.name == "cards" ? "loyalty: cards" : "loyalty: other")
            }
        }
    }

    private mutating func readAchievements(_ achievements: RawJSON) {
        note(
            achievements.elements.contains { achievement in
                achievement.values(named: "status").last?.stringValue != "not_started"
                    || achievement.values(named: "progress").contains { $0.holdsAmount }
            },
            "achievements: progress"
        )
    }
}

extension RawJSON {
    /// Whether there is anything in it: an element, a member, text, a number.
    fileprivate var holdsSomething: Bool {
        switch kind {
        case .null: false
        case .object: !members.isEmpty
        case .array: !elements.isEmpty
        case .string: stringValue?.isEmpty == false
        default: true
        }
    }

    /// Whether it is, or has in it, a number other than zero. Identifiers, and what a programme asks of everybody for
    /// its next tier, are not amounts of the person's.
    fileprivate var holdsAmount: Bool {
        switch kind {
        case .number: (numberText ?? "").prefix { $0 != "e" && $0 != "E" }.contains { ("1"..."9").contains($0) }
        case .object:
            members.contains { member in
                !member.name.lowercased().hasSuffix("id") && member.name != "pointsToNextTier"
                    && member.value.holdsAmount
            }
        case .array: elements.contains { $0.holdsAmount }
        default: false
        }
    }
}
