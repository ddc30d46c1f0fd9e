import Foundation

/// The operation and parameters of a request line.
struct Route: Sendable, Equatable {
    enum Operation: String, Sendable {
        case createCouponReservation, createReferral, deleteCouponReservation, deleteCustomerData
        case getCustomerInventory, getReservedCoupons, getReservedCustomers
        case trackEvent, updateCustomerProfile, updateCustomerSession
        case health

        var isDestructive: Bool { self == .deleteCustomerData || self == .deleteCouponReservation }
        /// Whether the operation creates what its path names.
        var creates: Bool { self == .updateCustomerProfile || self == .updateCustomerSession }
    }

    let operation: Operation
    let dialect: SandboxSettings.Dialect
    /// The value of the path's placeholder, decoded; empty if the path has none.
    let identifier: String
    private(set) var query: [String: String]

    /// Whether the operation is to be evaluated and not carried out. Only writes of version 2 have that.
    var isDry: Bool { dialect == .v2 && flag("dry") }

    /// The same route, to be carried out.
    var carriedOut: Route {
        var route = self
        route.query["dry"] = nil
        return route
    }

    /// Parses a request line. The path is split first and decoded once, so `%2F` in a segment is data.
    init?(method: String, target: String, settings: SandboxSettings) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0]
        guard path.hasPrefix("/"), settings.acceptsEncodedSlash || !path.lowercased().contains("%2f") else {
            return nil
        }
        var segments: [String] = []
        for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let decoded = String(segment).removingPercentEncoding else { return nil }
            segments.append(decoded)
        }
        guard let dialect = SandboxSettings.Dialect(rawValue: segments[0]) else { return nil }
        segments.removeFirst()
        guard
            let (operation, identifier) = Self.match(method: method, segments: segments, dialect: dialect),
            Self.exists(operation, in: dialect, settings: settings)
        else { return nil }
        self.operation = operation
        self.dialect = dialect
        self.identifier = identifier
        self.query = parts.count == 2 ? Self.query(parts[1]) : [:]
    }

    private static func match(
        method: String,
        segments: [String],
        dialect: SandboxSettings.Dialect
    ) -> (Operation, String)? {
        // A placeholder is never empty: `/v1/customer_data/` is not a deletion.
        guard segments.allSatisfy({ !$0.isEmpty }) else { return nil }
        switch (method, segments.first, segments.count) {
        case ("POST", "referrals", 1): return (.createReferral, "")
        case ("POST", "events", 1): return (.trackEvent, "")
        case ("PUT", "customer_profiles", 2): return (.updateCustomerProfile, segments[1])
        case ("PUT", "customer_sessions", 2): return (.updateCustomerSession, segments[1])
        case ("DELETE", "customer_data", 2): return (.deleteCustomerData, segments[1])
        case ("POST", "coupon_reservations", 2): return (.createCouponReservation, segments[1])
        case ("DELETE", "coupon_reservations", 2): return (.deleteCouponReservation, segments[1])
        case ("GET", "customer_profiles", 3) where segments[2] == "inventory":
            return (.getCustomerInventory, segments[1])
        case ("GET", "coupon_reservations", 3) where segments[1] == "coupons":
            return (.getReservedCoupons, segments[2])
        case ("GET", "coupon_reservations", 3) where segments[1] == "customerprofiles":
            return (.getReservedCustomers, segments[2])
        case ("GET", "status", 2) where segments[1] == "health": return (.health, "")
        default: return nil
        }
    }

    private static func exists(
        _ operation: Operation,
        in dialect: SandboxSettings.Dialect,
        settings: SandboxSettings
    ) -> Bool {
        switch operation {
        case .trackEvent, .updateCustomerProfile, .updateCustomerSession: settings.dialects.contains(dialect)
        case .getReservedCoupons: dialect == .v1 && settings.hasReservedCoupons
        default: dialect == .v1
        }
    }

    private static func query(_ text: Substring) -> [String: String] {
        var result: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                $0.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? ""
            }
            result[parts[0]] = parts.count == 2 ? parts[1] : ""
        }
        return result
    }

    /// Whether a flag is set. The oldest SDKs send `True`.
    func flag(_ name: String) -> Bool {
        ["true", "1"].contains(query[name]?.lowercased())
    }
}
