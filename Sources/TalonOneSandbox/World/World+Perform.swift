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
        switch route.operation {
        case .health: return .ok(["status": "ok"])
        case .getCustomerInventory: return try inventory(of: route, settings: settings)
        case .getReservedCoupons: return try reservedCoupons(of: route.identifier)
        case .getReservedCustomers: return try reservedCustomers(of: route.identifier, settings: settings)
        case .deleteCustomerData: return try erase(route.identifier, settings: settings)
        case .createCouponReservation:
            return try reserve(route.identifier, for: integrationIDs(in: body), settings: settings, now: now)
        case .deleteCouponReservation: return try release(route.identifier, from: integrationIDs(in: body))
        case .createReferral: return try createReferral(required(body), settings: settings, now: now)
        case .updateCustomerProfile:
            return try updateProfile(route, with: required(body), settings: settings, now: now)
        case .updateCustomerSession:
            return try updateSession(route, with: required(body), settings: settings, now: now)
        case .trackEvent: return try track(route, event: required(body), settings: settings, now: now)
        }
    }

    private func required(_ body: JSON?) throws(Refusal) -> [String: JSON] {
        guard let members = body?.members else {
            throw Refusal(status: 400, message: "The body must be a JSON object")
        }
        return members
    }

    private func integrationIDs(in body: JSON?) throws(Refusal) -> [String] {
        guard let list = try required(body)["integrationIDs"]?.list else {
            throw .invalid("Required", "integrationIDs is required", at: "/integrationIDs")
        }
        let ids = list.compactMap(\.text)
        guard ids.count == list.count, ids.allSatisfy({ !$0.isEmpty }) else {
            throw .invalid("Invalid type", "integrationIDs must be texts", at: "/integrationIDs")
        }
        return ids
    }

    /// The free-form attributes of a request, checked against the defined attributes.
    func attributes(in body: [String: JSON], settings: SandboxSettings) throws(Refusal) -> [String: JSON] {
        guard let value = body["attributes"], !value.isNull else { return [:] }
        guard let attributes = value.members else {
            throw .invalid("Invalid type", "attributes must be an object", at: "/attributes")
        }
        if let defined = settings.definedAttributes {
            for name in attributes.keys.sorted() where !defined.contains(name) {
                throw .invalid("Unknown", "Attribute '\(name)' is not defined", at: "/attributes/\(name)")
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
