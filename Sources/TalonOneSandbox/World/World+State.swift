import Foundation

extension World {
    /// The answer to a profile, session or event: `IntegrationState` in version 1, and its counterpart in version 2.
    func state(
        _ route: Route,
        profileId: String,
        session: Session?,
        event: JSON?,
        content: Set<String>,
        settings: SandboxSettings,
        now: String
    ) -> Answer {
        let profile =
            profiles[profileId].map { json($0, settings: settings) }
            ?? emptyProfile(profileId, settings: settings, now: now)
        let loyalty = profiles[profileId].map { self.loyalty(of: $0) } ?? ["programs": [:]]
        // The event of a profile or session, which is not stored.
        let update: JSON = [
            "id": .int(0), "created": .string(now), "applicationId": .int(settings.applicationId),
            "type": .string("talon_\(route.operation == .updateCustomerProfile ? "profile" : "session")_updated"),
            "attributes": [:], "effects": [], "ledgerEntries": [],
            "profileId": .string(profileId), "sessionId": .string(session?.id ?? ""),
        ]
        switch route.dialect {
        case .v1:
            // Version 1 answers a profile update with an empty session.
            let session = session ?? .opened(id: "", profileId: profileId, isFirst: false, at: now)
            var body: [String: JSON] = [
                "profile": profile,
                "session": json(session, settings: settings, v2: false),
                "event": event ?? update,
                "loyalty": loyalty,
            ]
            body["coupon"] = session.coupons.first.flatMap { coupons[$0] }.map(json)
            return .ok(.object(body))
        case .v2:
            var body: [String: JSON] = [
                "customerProfile": profile, "loyalty": loyalty, "event": event ?? update,
                "triggeredCampaigns": [], "ruleFailureReasons": [], "awardedGiveaways": [],
            ]
            if let session { body.merge(parts(of: session, settings: settings)) { $1 } }
            body = body.filter { content.contains($0.key) }
            body.merge(["effects": [], "createdCoupons": [], "createdReferrals": []]) { $1 }
            return .ok(.object(body))
        }
    }

    private func parts(of session: Session, settings: SandboxSettings) -> [String: JSON] {
        var parts: [String: JSON] = [
            "customerSession": json(session, settings: settings, v2: true),
            "coupons": .array(session.coupons.compactMap { redeemed($0, by: session.profileId) }),
            "previousReturns": [],
        ]
        parts["referral"] = referrals[session.referral].map { json($0, inventory: true) }
        return parts
    }

    /// A coupon, with the number of times that a customer has redeemed it.
    private func redeemed(_ value: String, by profileId: String) -> JSON? {
        guard let coupon = coupons[value], var body = json(coupon).members else { return nil }
        body["profileRedemptionCount"] = .int(profiles[profileId]?.redemptions[value] ?? 0)
        return .object(body)
    }

    private func json(_ session: Session, settings: SandboxSettings, v2: Bool) -> JSON {
        var body: [String: JSON] = [
            "integrationId": .string(session.id),
            "created": .string(session.created),
            "applicationId": .int(settings.applicationId),
            "profileId": .string(session.profileId),
            "state": .string(session.state),
            "cartItems": .array(session.cartItems),
            "identifiers": .array(session.identifiers),
            "total": .number(session.total),
            "attributes": .object(session.attributes),
            "firstSession": .bool(session.isFirst),
            "coupon": .string(session.coupons.first ?? ""),
            "referral": .string(session.referral),
        ]
        if v2 {
            body["id"] = .int(session.number)
            body["updateCount"] = .int(session.updateCount)
            body["updated"] = .string(session.updated)
            body["cartItemTotal"] = .number(Self.cartItemTotal(session))
            body["additionalCostTotal"] = .number(Self.additionalCostTotal(session))
            body["cartItemAdditionalCostTotal"] = .number(Self.cartItemAdditionalCostTotal(session))
            body["additionalCosts"] = .object(session.additionalCosts)
            body["couponCodes"] = .array(session.coupons.map { .string($0) })
            body["referralCode"] = .string(session.referral)
        } else {
            body["discounts"] = [:]
        }
        return .object(body)
    }
}
