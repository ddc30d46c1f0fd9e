import Foundation

extension World {
    /// Merges attributes into a profile, which is made if there is none.
    mutating func updateProfile(
        _ route: Route,
        with body: [String: JSON],
        settings: SandboxSettings,
        now: String
    ) throws(Refusal) -> Answer {
        let attributes = try attributes(in: body, settings: settings)
        touch(profile: route.identifier, at: now)
        profiles[route.identifier]?.attributes.merge(attributes: attributes)
        return state(route, profileId: route.identifier, session: nil, event: nil, settings: settings, now: now)
    }

    /// Clears a customer's data: the attributes of the profile and of everything that refers to it. What the shop
    /// needs for its own books, such as how often a coupon was redeemed, stays but leads back to nobody.
    mutating func erase(_ integrationId: String, settings: SandboxSettings) throws(Refusal) -> Answer {
        guard let profile = profiles[integrationId] else {
            if settings.unknownProfileDelete == 404 { throw .notFound }
            return .noContent
        }
        for id in profile.sessions {
            sessions[id]?.profileId = ""
            sessions[id]?.attributes = [:]
            sessions[id]?.identifiers = []
        }
        for code in profile.advocateOf {
            for other in referrals[code]?.referred ?? [] { profiles[other]?.friendOf.removeAll { $0 == code } }
            referrals[code] = nil
        }
        for code in profile.friendOf + (invitations.removeValue(forKey: integrationId) ?? []) {
            if referrals[code]?.friend == integrationId { referrals[code]?.friend = nil }
            referrals[code]?.referred.removeAll { $0 == integrationId }
        }
        for value in profile.reservations { coupons[value]?.reservedBy.removeAll { $0 == integrationId } }
        for value in profile.received { coupons[value]?.recipient = nil }

        profiles[integrationId] =
            switch settings.afterDelete {
            case .gone: nil
            case .hollow:
                Profile(
                    id: profile.id,
                    integrationId: integrationId,
                    created: profile.created,
                    lastActivity: profile.lastActivity
                )
            }
        return .noContent
    }

    /// A profile as both generations of SDKs want it: counters as JSON numbers, attributes never `null`.
    func json(_ profile: Profile, settings: SandboxSettings) -> JSON {
        [
            "id": .int(profile.id),
            "integrationId": .string(profile.integrationId),
            "created": .string(profile.created),
            "lastActivity": .string(profile.lastActivity),
            "attributes": .object(profile.attributes),
            "accountId": .int(1),
            "closedSessions": .int(profile.closedSessions),
            "totalSales": .number(profile.totalSales),
            "loyaltyMemberships": .null,
            "sandbox": .bool(settings.environment == "sandbox"),
        ]
    }

    /// The empty profile that stands for an anonymous or unknown customer in answers.
    func emptyProfile(_ integrationId: String, settings: SandboxSettings, now: String) -> JSON {
        json(Profile(id: 0, integrationId: integrationId, created: now, lastActivity: now), settings: settings)
    }
}
