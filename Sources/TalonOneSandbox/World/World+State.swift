import Foundation

extension World {
    /// The answer to a profile, session or event: `IntegrationState` in version 1, and its counterpart in version 2.
    func state(
        _ route: Route,
        profileId: String,
        session: Session?,
        event: JSON?,
        settings: SandboxSettings,
        now: String
    ) -> Answer {
        let profile =
            profiles[profileId].map { json($0, settings: settings) }
            ?? emptyProfile(profileId, settings: settings, now: now)
        let loyalty = profiles[profileId].map { self.loyalty(of: $0) } ?? ["programs": [:]]
        var coupon: JSON?
        if let session, let used = coupons[session.coupon] { coupon = json(used) }

        switch route.dialect {
        case .v1:
            // Version 1 answers a profile update with an empty session.
            let session = session ?? .opened(id: "", profileId: profileId, isFirst: false, at: now)
            let update: JSON = [
                "id": .int(0), "created": .string(now), "applicationId": .int(settings.applicationId),
                "type": .string("talon_\(route.operation == .updateCustomerProfile ? "profile" : "session")_updated"),
                "attributes": [:], "effects": [], "ledgerEntries": [],
                "profileId": .string(profileId), "sessionId": .string(session.id),
            ]
            var body: [String: JSON] = [
                "profile": profile,
                "session": json(session, settings: settings, v2: false),
                "event": event ?? update,
                "loyalty": loyalty,
            ]
            body["coupon"] = coupon
            return .ok(.object(body))
        case .v2:
            var body: [String: JSON] = [
                "customerProfile": profile, "loyalty": loyalty, "effects": [], "createdCoupons": [],
                "createdReferrals": [],
            ]
            if let session { body["customerSession"] = json(session, settings: settings, v2: true) }
            body["event"] = event
            return .ok(.object(body))
        }
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
            "coupon": .string(session.coupon),
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
            body["couponCodes"] = session.coupon.isEmpty ? [] : [.string(session.coupon)]
            body["referralCode"] = .string(session.referral)
        } else {
            body["discounts"] = [:]
        }
        return .object(body)
    }
}
