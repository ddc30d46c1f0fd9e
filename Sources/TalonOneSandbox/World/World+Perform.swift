import Foundation

extension World {
    /// Carries out one operation.
    ///
    /// - Parameters:
    ///   - body: The parsed body; `nil` if the request has none.
    ///   - now: The time in the API's format.
    mutating func perform(
        _ route: Route,
        body: JSON?,
        settings: SandboxSettings,
        now: String
    ) throws(Refusal) -> Answer {
        if route.isDry {
            // Version 2 evaluates and answers, and changes nothing.
            var copy = self
            return try copy.perform(route.carriedOut, body: body, settings: settings, now: now)
        }
        let body = try checked(body, for: route)
        switch route.operation {
        case .health: return .ok(["status": "ok"])
        case .getCustomerInventory: return try inventory(of: route, settings: settings)
        case .getReservedCoupons: return try reservedCoupons(of: route.identifier)
        case .getReservedCustomers: return try reservedCustomers(of: route.identifier, settings: settings)
        case .deleteCustomerData: return try erase(route.identifier, settings: settings)
        case .createCouponReservation:
            return try reserve(route.identifier, for: integrationIDs(in: body), settings: settings, now: now)
        case .deleteCouponReservation: return try release(route.identifier, from: integrationIDs(in: body))
        case .createReferral: return try createReferral(body, settings: settings, now: now)
        case .updateCustomerProfile:
            return try updateProfile(route, with: body, settings: settings, now: now)
        case .updateCustomerSession:
            return try updateSession(route, with: body, settings: settings, now: now)
        case .trackEvent: return try track(route, event: body, settings: settings, now: now)
        }
    }

    /// The members of the body, checked; empty for an operation without a body.
    private func checked(_ body: JSON?, for route: Route) throws(Refusal) -> [String: JSON] {
        guard let schema = BodySchema.of(route) else { return [:] }
        guard let members = body?.members else {
            throw Refusal(status: 400, message: "The body must be a JSON object")
        }
        try schema.check(members)
        guard !route.operation.creates || route.identifier.unicodeScalars.count <= 1_000 else {
            throw Refusal(status: 400, message: "The id in the path is longer than 1000 characters")
        }
        return members
    }

    private func integrationIDs(in body: [String: JSON]) -> [String] {
        body["integrationIDs"]?.list?.compactMap(\.text) ?? []
    }

    /// The free-form attributes of a request, checked against the defined attributes.
    func attributes(
        in body: [String: JSON],
        at place: String = "",
        settings: SandboxSettings
    ) throws(Refusal) -> [String: JSON] {
        let attributes = body["attributes"]?.members ?? [:]
        if let defined = settings.definedAttributes {
            for name in attributes.keys.sorted() where !defined.contains(name) {
                throw .invalid("Unknown", "Attribute '\(name)' is not defined", at: "\(place)/attributes/\(name)")
            }
        }
        return attributes
    }
}

extension [String: JSON] {
    /// Overwrites attributes; `null` clears one.
    mutating func merge(attributes: [String: JSON]) {
        for (name, value) in attributes { self[name] = value.isNull ? nil : value }
    }
}
