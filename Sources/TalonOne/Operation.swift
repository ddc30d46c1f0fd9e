/// One operation of the Integration API, with the name from its OpenAPI file.
///
/// An operation holds nothing of a particular request, so it may be logged and counted.
public struct Operation: Sendable, Hashable, CustomStringConvertible {
    /// The operation's id, the same for both dialects: `deleteCustomerData`.
    public let name: String
    /// The HTTP method.
    public let method: String
    /// The path with its placeholders: `/v1/customer_data/{integrationId}`.
    public let pathTemplate: String
    /// The statuses that mean success.
    let successes: Set<Int>

    /// Whether a call can change data in Talon.One.
    public var changesState: Bool { method != "GET" }

    /// Whether a success other than 204 carries a JSON object. Deployments answer a deletion with 200 and any body.
    var promisesBody: Bool { method != "DELETE" }

    /// The same as ``name``.
    public var description: String { name }
}

extension Operation {
    /// `POST /v1/coupon_reservations/{couponValue}`
    public static let createCouponReservation = Operation(
        name: "createCouponReservation",
        method: "POST",
        pathTemplate: "/v1/coupon_reservations/{couponValue}",
        successes: [201]
    )
    /// `POST /v1/referrals`
    public static let createReferral = Operation(
        name: "createReferral",
        method: "POST",
        pathTemplate: "/v1/referrals",
        successes: [201]
    )
    /// `DELETE /v1/coupon_reservations/{couponValue}`, with a body.
    public static let deleteCouponReservation = Operation(
        name: "deleteCouponReservation",
        method: "DELETE",
        pathTemplate: "/v1/coupon_reservations/{couponValue}",
        successes: [200, 204]
    )
    /// `DELETE /v1/customer_data/{integrationId}`
    public static let deleteCustomerData = Operation(
        name: "deleteCustomerData",
        method: "DELETE",
        pathTemplate: "/v1/customer_data/{integrationId}",
        successes: [200, 204]
    )
    /// `GET /v1/customer_profiles/{integrationId}/inventory`
    public static let getCustomerInventory = Operation(
        name: "getCustomerInventory",
        method: "GET",
        pathTemplate: "/v1/customer_profiles/{integrationId}/inventory",
        successes: [200]
    )
    /// `GET /v1/coupon_reservations/coupons/{integrationId}`; deployments since mid-2020 do not have it.
    public static let getReservedCoupons = Operation(
        name: "getReservedCoupons",
        method: "GET",
        pathTemplate: "/v1/coupon_reservations/coupons/{integrationId}",
        successes: [200]
    )
    /// `GET /v1/coupon_reservations/customerprofiles/{couponValue}`
    public static let getReservedCustomers = Operation(
        name: "getReservedCustomers",
        method: "GET",
        pathTemplate: "/v1/coupon_reservations/customerprofiles/{couponValue}",
        successes: [200]
    )
    /// `POST /v1/events`
    public static let trackEvent = Operation(
        name: "trackEvent",
        method: "POST",
        pathTemplate: "/v1/events",
        successes: [200, 201]
    )
    /// `POST /v2/events`, which answers 204 unless the request sets `silent=no`.
    public static let trackEventV2 = Operation(
        name: "trackEvent",
        method: "POST",
        pathTemplate: "/v2/events",
        successes: [200, 201, 204]
    )
    /// `PUT /v1/customer_profiles/{integrationId}`
    public static let updateCustomerProfile = Operation(
        name: "updateCustomerProfile",
        method: "PUT",
        pathTemplate: "/v1/customer_profiles/{integrationId}",
        successes: [200, 201]
    )
    /// `PUT /v2/customer_profiles/{integrationId}`
    public static let updateCustomerProfileV2 = Operation(
        name: "updateCustomerProfile",
        method: "PUT",
        pathTemplate: "/v2/customer_profiles/{integrationId}",
        successes: [200, 201]
    )
    /// `PUT /v1/customer_sessions/{customerSessionId}`
    public static let updateCustomerSession = Operation(
        name: "updateCustomerSession",
        method: "PUT",
        pathTemplate: "/v1/customer_sessions/{customerSessionId}",
        successes: [200, 201]
    )
    /// `PUT /v2/customer_sessions/{customerSessionId}`
    public static let updateCustomerSessionV2 = Operation(
        name: "updateCustomerSession",
        method: "PUT",
        pathTemplate: "/v2/customer_sessions/{customerSessionId}",
        successes: [200, 201]
    )

    /// The placeholder in an error about the configuration; it is never sent.
    public static let configuration = Operation(
        name: "configuration",
        method: "",
        pathTemplate: "",
        successes: []
    )

    /// Whether the operation exists in two dialects. These operations create what does not exist, so a 404 can only
    /// mean that the deployment lacks the operation.
    var hasDialects: Bool {
        ["trackEvent", "updateCustomerProfile", "updateCustomerSession"].contains(name)
    }
    /// Whether the path names a coupon, not a customer.
    var namesCoupon: Bool { pathTemplate.hasSuffix("{couponValue}") }
}
