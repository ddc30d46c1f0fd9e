import Foundation

extension World {
    /// Reserves a coupon for customers. An unknown customer gets an empty profile.
    mutating func reserve(
        _ value: String,
        for integrationIds: [String],
        settings: SandboxSettings,
        now: String
    ) throws(Refusal) -> Answer {
        guard var coupon = coupons[value] else { throw .notFound }
        for id in integrationIds {
            touch(profile: id, at: now)
            guard !coupon.reservedBy.contains(exactly: id) else { continue }
            coupon.reservedBy.append(id)
            profiles[id]?.reservations.append(value)
        }
        coupons[value] = coupon
        return .created(json(coupon))
    }

    /// Removes customers from the reservations of a coupon. A customer without a reservation is not an error.
    mutating func release(_ value: String, from integrationIds: [String]) throws(Refusal) -> Answer {
        guard coupons[value] != nil else { throw .notFound }
        for id in integrationIds {
            coupons[value]?.reservedBy.remove(exactly: id)
            profiles[id]?.reservations.remove(exactly: value)
            guestReservations[id]?.remove(exactly: value)
        }
        return .noContent
    }

    /// The coupons that a customer has reserved.
    func reservedCoupons(of integrationId: String) throws(Refusal) -> Answer {
        let guest = guestReservations[integrationId] ?? []
        guard profiles[integrationId] != nil || !guest.isEmpty else { throw .notFound }
        let found = ((profiles[integrationId]?.reservations ?? []) + guest).compactMap { coupons[$0] }
        return .ok(["totalResultSize": .int(found.count), "data": .array(found.map(json))])
    }

    /// The customers who have reserved a coupon.
    func reservedCustomers(of value: String, settings: SandboxSettings) throws(Refusal) -> Answer {
        guard let coupon = coupons[value] else { throw .notFound }
        let found = coupon.reservedBy.compactMap { profiles[$0] }
        return .ok([
            "totalResultSize": .int(found.count), "data": .array(found.map { json($0, settings: settings) }),
        ])
    }

    /// A coupon with the members of the first API revision.
    func json(_ coupon: Coupon) -> JSON {
        var body: [String: JSON] = [
            "id": .int(coupon.id),
            "created": .string(coupon.created),
            "campaignId": .int(coupon.seed.campaignId),
            "value": .string(coupon.seed.value),
            "usageLimit": .int(coupon.seed.usageLimit ?? 0),
            "usageCounter": .int(coupon.usageCounter),
            "attributes": [:],
            "reservation": .bool(coupon.seed.isReservationMandatory != true),
        ]
        body["recipientIntegrationId"] = coupon.recipient.map { .string($0) }
        return .object(body)
    }
}
