import Foundation

extension World {
    /// The inventory of a customer, with the sections that are requested and available.
    func inventory(of route: Route, settings: SandboxSettings) throws(Refusal) -> Answer {
        let asked = settings.availableInventorySections.filter { route.flag($0.rawValue) }
        guard let profile = profiles[route.identifier] else {
            switch settings.unknownProfileInventory {
            case .notFound: throw .notFound
            case .emptyObject: return .ok([:])
            case .emptyProfile:
                let empty = emptyProfile(route.identifier, settings: settings, now: "0001-01-01T00:00:00Z")
                return .ok(asked.contains(.profile) ? ["profile": empty] : [:])
            }
        }
        var body: [String: JSON] = [:]
        for section in asked {
            body[section.rawValue] =
                switch section {
                case .profile: answered(profile, settings: settings)
                case .referrals:
                    .array(profile.advocateOf.compactMap { referrals[$0] }.map { json($0, inventory: true) })
                case .coupons: .array(coupons(of: profile))
                case .loyalty: loyalty(of: profile)
                case .giveaways: .array(profile.giveaways.map { json($0, of: profile) })
                case .achievements: .array(achievements.map { progress(of: profile, in: $0) })
                }
        }
        return .ok(.object(body))
    }

    private func answered(_ profile: Profile, settings: SandboxSettings) -> JSON {
        guard var body = json(profile, settings: settings).members else { return .null }
        if profile.id == 0 { body = ["integrationId": .string(profile.integrationId), "attributes": [:]] }
        if let other = settings.profileOfAnother { body["integrationId"] = .string(other) }
        return .object(body)
    }

    /// The coupons created for, reserved by or redeemed by the customer, and those visible to every customer.
    private func coupons(of profile: Profile) -> [JSON] {
        let own = Set((profile.received + profile.reservations).map(ExactText.init) + profile.redemptions.keys)
        let all = own.union(implicitCoupons.map(ExactText.init))
        return all.sorted { $0.text < $1.text }.compactMap { value in
            guard let coupon = coupons[value], var body = json(coupon).members else { return nil }
            let isUsedUp = (coupon.seed.usageLimit ?? 0) > 0 && coupon.usageCounter >= coupon.seed.usageLimit ?? 0
            body["profileRedemptionCount"] = .int(profile.redemptions[value] ?? 0)
            body["state"] = isUsedUp ? "used" : "active"
            body["reservationCounter"] = .int(coupon.reservedBy.count)
            body["isReservationMandatory"] = .bool(coupon.seed.isReservationMandatory == true)
            body["implicitlyReserved"] = .bool(!own.contains(value))
            return .object(body)
        }
    }

    /// The customer's balances in the loyalty programmes that they joined.
    func loyalty(of profile: Profile) -> JSON {
        guard let joined = profile.joinedLoyalty else { return ["programs": [:], "cards": []] }
        var programs: [String: JSON] = [:]
        for programme in loyaltyProgrammes {
            let points = profile.points[programme.id] ?? 0
            var balance: [String: JSON] = [
                "currentBalance": .number(points), "pendingBalance": .int(0),
                "tentativeCurrentBalance": .number(points), "expiredBalance": .int(0), "spentBalance": .int(0),
            ]
            if let tier = programme.tiers.last(where: { Decimal($0.minimumPoints) <= points }) {
                balance["currentTier"] = ["id": .int(tier.minimumPoints), "name": .string(tier.name)]
            }
            if let next = programme.tiers.first(where: { Decimal($0.minimumPoints) > points }) {
                balance["nextTierName"] = .string(next.name)
                balance["pointsToNextTier"] = .number(Decimal(next.minimumPoints) - points)
            }
            programs["\(programme.id)"] = [
                "id": .int(programme.id), "name": .string(programme.name), "title": .string(programme.title),
                "joinDate": .string(joined), "ledger": .object(balance), "subLedgers": [:],
            ]
        }
        return ["programs": .object(programs), "cards": []]
    }

    private func json(_ giveaway: Giveaway, of profile: Profile) -> JSON {
        [
            "id": .int(giveaway.id), "created": .string(giveaway.created), "code": .string(giveaway.code),
            "poolId": .int(giveaway.poolId), "used": true, "attributes": [:],
            "profileIntegrationId": .string(profile.integrationId), "profileId": .int(profile.id),
        ]
    }

    private func progress(of profile: Profile, in achievement: SandboxSeed.Achievement) -> JSON {
        let counted = min(profile.closedSessions, achievement.target)
        let status =
            switch counted {
            case 0: "not_started"
            case achievement.target: "completed"
            default: "inprogress"
            }
        return [
            "achievementId": .int(achievement.id), "name": .string(achievement.name),
            "title": .string(achievement.title), "description": .string(achievement.description),
            "campaignId": .int(achievement.campaignId), "status": .string(status), "progress": .int(counted),
            "target": .int(achievement.target), "achievementRecurrencePolicy": "no_recurrence",
            "achievementActivationPolicy": "user_action",
        ]
    }
}
