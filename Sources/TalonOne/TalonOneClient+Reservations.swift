extension TalonOneClient {
    /// Gets the coupons that a customer has reserved. Deployments since mid-2020 do not have the operation.
    ///
    /// - Throws: ``TalonOneError/Code-swift.struct/notFound`` if the customer is unknown or the operation is missing.
    public func reservedCoupons(integrationId: String) async throws(TalonOneError) -> TalonOneAnswer {
        let operation = Operation.getReservedCoupons
        return try await send(
            APIRequest(operation, segment: PathSegment(integrationId, for: operation))
        )
    }

    /// Gets the customers who have reserved a coupon.
    public func reservedCustomers(couponValue: String) async throws(TalonOneError) -> TalonOneAnswer {
        let operation = Operation.getReservedCustomers
        return try await send(
            APIRequest(operation, segment: PathSegment(couponValue, for: operation))
        )
    }

    /// Reserves a coupon for customers.
    public func createCouponReservation(
        couponValue: String,
        integrationIds: [String]
    ) async throws(TalonOneError) -> TalonOneAnswer {
        try await send(reservation(.createCouponReservation, of: couponValue, for: integrationIds))
    }

    /// Removes customers from the reservations of a coupon. The request is a DELETE with a body.
    public func deleteCouponReservation(
        couponValue: String,
        integrationIds: [String]
    ) async throws(TalonOneError) -> TalonOneAnswer {
        try await send(reservation(.deleteCouponReservation, of: couponValue, for: integrationIds))
    }

    private func reservation(
        _ operation: Operation,
        of couponValue: String,
        for integrationIds: [String]
    ) throws(TalonOneError) -> APIRequest {
        let segment = try PathSegment(couponValue, for: operation)
        let body = try APIRequest.encode(CouponReservations(integrationIDs: integrationIds), for: operation)
        return APIRequest(operation, segment: segment, body: body)
    }
}
