extension TalonOneClient {
    /// The coupons that a customer has reserved. Deployments since mid-2020 do not have the operation.
    ///
    /// - Throws: ``TalonOneError/Code-swift.struct/notFound``, which can mean either that or an unknown customer.
    public func reservedCoupons(
        integrationId: String
    ) async throws(TalonOneError) -> TalonOneAnswer {
        let operation = Operation.getReservedCoupons
        return try await send(
            Call(operation, segment: PathSegment(integrationId, for: operation), values: { [integrationId] })
        )
    }

    /// The customers who have reserved a coupon.
    public func reservedCustomers(
        couponValue: String
    ) async throws(TalonOneError) -> TalonOneAnswer {
        let operation = Operation.getReservedCustomers
        return try await send(
            Call(operation, segment: PathSegment(couponValue, for: operation), values: { [couponValue] })
        )
    }

    /// Reserves a coupon for customers.
    public func createCouponReservation(
        couponValue: String,
        integrationIds: [String]
    ) async throws(TalonOneError) -> TalonOneAnswer {
        try await send(reservation(.createCouponReservation, of: couponValue, for: integrationIds))
    }

    /// Takes customers off a coupon's reservations: a DELETE with a body.
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
    ) throws(TalonOneError) -> Call {
        let segment = try PathSegment(couponValue, for: operation)
        let body = try Call.encode(CouponReservations(integrationIDs: integrationIds), for: operation)
        return Call(operation, segment: segment, body: body, values: { [couponValue] + integrationIds })
    }
}
