import Foundation

extension World {
    /// Merges attributes into a profile, which is created if it does not exist.
    mutating func updateProfile(
        _ route: Route,
        with body: [String: JSON],
        settings: SandboxSettings,
        now: String
    ) throws(Refusal) -> Answer {
        let attributes = try attributes(in: body, settings: settings)
        touch(profile: route.identifier, at: now)
        profiles[route.identifier]?.attributes.merge(attributes: attributes)
        return state(
            route,
            profileId: route.identifier,
            session: nil,
            event: nil,
            content: ResponseContent.named(in: .object(body), of: route),
            settings: settings,
            now: now
        )
    }

    /// Erases a customer's data: the attributes of the profile and of everything that refers to it. Totals such as the
    /// number of redemptions of a coupon stay, without a reference to the customer.
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
            for other in referrals[code]?.referred ?? [] { profiles[other]?.friendOf.remove(exactly: code) }
            referrals[code] = nil
        }
        for code in profile.friendOf + (invitations.removeValue(for: integrationId) ?? []) {
            if referrals[code]?.friend.map(ExactText.init) == ExactText(integrationId) { referrals[code]?.friend = nil }
            referrals[code]?.referred.remove(exactly: integrationId)
        }
        for value in profile.reservations { coupons[value]?.reservedBy.remove(exactly: integrationId) }
        for value in profile.received { coupons[value]?.recipient = nil }

        profiles[integrationId] =
            switch settings.afterDelete {
            case .gone: nil
            case .hollow, .totals:
                Profile(
                    id: profile.id,
                    integrationId: integrationId,
                    created: profile.created,
                    lastActivity: profile.lastActivity,
                    totalSales: settings.afterDelete == .totals ? profile.totalSales : 0
                )
            case .identifierOnly: Profile(id: 0, integrationId: integrationId, created: "", lastActivity: "")
            }
        return .noContent
    }

    /// A profile that both generations of SDKs can decode: counters are JSON numbers, attributes are never `null`.
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

    /// The empty profile in answers about an anonymous or unknown customer.
    func emptyProfile(_ integrationId: String, settings: SandboxSettings, now: String) -> JSON {
        json(Profile(id: 0, integrationId: integrationId, created: now, lastActivity: now), settings: settings)
    }
}
