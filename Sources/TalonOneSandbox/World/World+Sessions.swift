import Foundation

extension World {
    /// Creates or updates a session. The state may go from open to closed or cancelled, and from closed to cancelled.
    ///
    /// Version 2 has `partially_returned` between closed and cancelled, opens a closed session again, and computes the
    /// total from the cart and the additional costs; version 1 also takes a total from the request.
    mutating func updateSession(
        _ route: Route,
        with body: [String: JSON],
        settings: SandboxSettings,
        now: String
    ) throws(Refusal) -> Answer {
        let place = route.dialect == .v2 ? "/customerSession" : ""
        var fields = body
        if route.dialect == .v2 {
            fields = body["customerSession"]?.members ?? [:]
            fields["referral"] = fields["referralCode"]
        }
        let attributes = try attributes(in: fields, at: place, settings: settings)
        let old = sessions[route.identifier]
        let profileId = fields["profileId"]?.text ?? old?.profileId ?? ""
        let state = fields["state"]?.text ?? "open"
        try check(from: old?.state, to: state, at: place, in: route.dialect)
        let coupons = Self.coupons(in: fields, of: route.dialect) ?? old?.coupons ?? []
        if state == "closed", old?.state != "closed" {
            let pointer = route.dialect == .v2 ? "/customerSession/couponCodes" : "/coupon"
            for coupon in coupons { try checkRedeemable(coupon, by: profileId, at: pointer) }
        }

        var session =
            old
            ?? .opened(
                id: route.identifier,
                profileId: profileId,
                isFirst: isFirstSession(of: profileId),
                at: now
            )
        if ExactText(session.profileId) != ExactText(profileId) {
            profiles[session.profileId]?.sessions.remove(session.id)
        }
        session.profileId = profileId
        session.state = state
        session.coupons = coupons
        session.referral = fields["referral"]?.text ?? session.referral
        session.cartItems = fields["cartItems"]?.list ?? session.cartItems
        session.identifiers = fields["identifiers"]?.list ?? session.identifiers
        session.additionalCosts = fields["additionalCosts"]?.members ?? session.additionalCosts
        if fields["cartItems"] != nil || route.dialect == .v2 { session.total = Self.total(session) }
        if route.dialect == .v1, let total = fields["total"]?.decimal { session.total = total }
        if session.number == 0 { session.number = nextNumber() }
        session.updated = now
        session.updateCount += 1
        session.attributes.merge(attributes: attributes)
        sessions[session.id] = session

        if !profileId.isEmpty {
            touch(profile: profileId, at: now)
            profiles[profileId]?.sessions.insert(session.id)
        }
        let wasSold = ["closed", "partially_returned"].contains(old?.state)
        if state == "closed", !wasSold { complete(session, at: now) }
        if ["cancelled", "open"].contains(state), wasSold { reverse(old ?? session) }
        return self.state(
            route,
            profileId: profileId,
            session: session,
            event: nil,
            content: ResponseContent.named(in: .object(body), of: route),
            settings: settings,
            now: now
        )
    }

    /// The coupons in a request; `nil` if it names none. Version 1 has one coupon, and an empty text for none.
    private static func coupons(in fields: [String: JSON], of dialect: SandboxSettings.Dialect) -> [String]? {
        switch dialect {
        case .v1: fields["coupon"]?.text.map { $0.isEmpty ? [] : [$0] }
        case .v2: fields["couponCodes"]?.list?.compactMap(\.text).filter { !$0.isEmpty }
        }
    }

    private func check(
        from old: String?,
        to new: String,
        at place: String,
        in dialect: SandboxSettings.Dialect
    ) throws(Refusal) {
        let allowed: [String] =
            switch old {
            case nil, "open": ["open", "closed", "cancelled"]
            case "closed" where dialect == .v2: ["open", "closed", "partially_returned", "cancelled"]
            case "closed": ["closed", "cancelled"]
            case "partially_returned" where dialect == .v2: ["partially_returned", "cancelled"]
            default: ["cancelled"]
            }
        guard allowed.contains(new) else {
            throw .invalid("Invalid state", "A \(old ?? "") session cannot become \(new)", at: "\(place)/state")
        }
    }

    private func checkRedeemable(_ value: String, by profileId: String, at pointer: String) throws(Refusal) {
        guard let coupon = coupons[value], coupon.seed.isReservationMandatory == true else { return }
        guard coupon.reservedBy.contains(exactly: profileId) else {
            throw .invalid("Unreserved", "The coupon must be reserved first", at: pointer)
        }
    }

    /// Applies the effects of a sale: counters, the redemption of coupon and referral, points, and a giveaway.
    private mutating func complete(_ session: Session, at now: String) {
        guard !session.profileId.isEmpty, var profile = profiles[session.profileId] else { return }
        profile.closedSessions += 1
        profile.totalSales += session.total
        for coupon in session.coupons where coupons[coupon] != nil {
            coupons[coupon]?.usageCounter += 1
            profile.redemptions[coupon, default: 0] += 1
        }
        if let referral = referrals[session.referral], ExactText(referral.advocate) != ExactText(profile.integrationId),
            !referral.referred.contains(exactly: profile.integrationId)
        {
            referrals[session.referral]?.usageCounter += 1
            referrals[session.referral]?.referred.append(profile.integrationId)
            profile.friendOf.append(session.referral)
        }
        for programme in loyaltyProgrammes {
            profile.joinedLoyalty = profile.joinedLoyalty ?? now
            profile.points[programme.id, default: 0] += session.total * Decimal(programme.pointsPerUnit)
        }
        if profile.closedSessions == 1 {
            for index in giveawayPools.indices where !giveawayPools[index].codes.isEmpty {
                let code = giveawayPools[index].codes.removeFirst()
                let poolId = giveawayPools[index].id
                profile.giveaways.append(Giveaway(id: nextNumber(), poolId: poolId, code: code, created: now))
            }
        }
        profiles[session.profileId] = profile
    }

    /// Reverses the sale of a cancelled session, without redemptions and giveaways.
    private mutating func reverse(_ session: Session) {
        guard var profile = profiles[session.profileId] else { return }
        profile.closedSessions -= 1
        profile.totalSales -= session.total
        for programme in loyaltyProgrammes {
            profile.points[programme.id, default: 0] -= session.total * Decimal(programme.pointsPerUnit)
        }
        profiles[session.profileId] = profile
    }

    // MARK: - Totals

    static func total(_ session: Session) -> Decimal {
        cartItemTotal(session) + additionalCostTotal(session) + cartItemAdditionalCostTotal(session)
    }

    static func cartItemTotal(_ session: Session) -> Decimal {
        session.cartItems.reduce(0) { $0 + ($1["price"]?.decimal ?? 0) * ($1["quantity"]?.decimal ?? 1) }
    }

    static func additionalCostTotal(_ session: Session) -> Decimal { sum(session.additionalCosts) }

    static func cartItemAdditionalCostTotal(_ session: Session) -> Decimal {
        session.cartItems.reduce(0) {
            $0 + sum($1["additionalCosts"]?.members ?? [:]) * ($1["quantity"]?.decimal ?? 1)
        }
    }

    private static func sum(_ costs: [String: JSON]) -> Decimal {
        costs.values.reduce(0) { $0 + ($1["price"]?.decimal ?? 0) }
    }
}
