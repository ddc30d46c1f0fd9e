/// The request body that creates or deletes reservations of a coupon.
struct CouponReservations: Encodable {
    var integrationIDs: [String]
}
