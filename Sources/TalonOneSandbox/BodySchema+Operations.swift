extension BodySchema {
    /// The body of an operation; `nil` for an operation without a body.
    static func of(_ route: Route) -> BodySchema? {
        switch (route.operation, route.dialect) {
        case (.createCouponReservation, _), (.deleteCouponReservation, _): reservations
        case (.createReferral, _): referral
        case (.updateCustomerProfile, .v1): BodySchema(attributes)
        case (.updateCustomerProfile, .v2): profileV2
        case (.updateCustomerSession, .v1): sessionV1
        case (.updateCustomerSession, .v2): sessionV2
        case (.trackEvent, .v1): eventV1
        case (.trackEvent, .v2): eventV2
        case (.deleteCustomerData, _), (.getCustomerInventory, _), (.getReservedCoupons, _), (.getReservedCustomers, _),
            (.health, _):
            nil
        }
    }

    private static let attributes = Member(name: "attributes", kind: .anyObject)
    private static let profileId = Member(name: "profileId", kind: .text(length: 0...1_000))
    private static let identifierNumbers = Kind.list(.integer(0...Int64.max))

    private static let reservations = BodySchema(
        Member(name: "integrationIDs", kind: .list(.name), isRequired: true)
    )

    private static let referral = BodySchema(
        Member(name: "campaignId", kind: .integer(Int64.min...Int64.max), isRequired: true),
        Member(name: "advocateProfileIntegrationId", kind: .name, isRequired: true),
        Member(name: "friendProfileIntegrationId", kind: .text(length: 0...1_000)),
        Member(name: "startDate", kind: .time),
        Member(name: "expiryDate", kind: .time),
        Member(name: "usageLimit", kind: .integer(0...999_999)),
        attributes
    )

    private static let profileV2 = BodySchema(
        attributes,
        Member(
            name: "audiencesChanges",
            kind: .object(
                BodySchema(
                    Member(name: "adds", kind: identifierNumbers, isRequired: true),
                    Member(name: "deletes", kind: identifierNumbers, isRequired: true)
                )
            )
        ),
        Member(name: "responseContent", kind: .list(.oneOf(ResponseContent.ofProfile)))
    )

    // MARK: Sessions

    private static let sessionV1 = BodySchema(
        profileId,
        Member(name: "coupon", kind: .anyText),
        Member(name: "referral", kind: .anyText),
        Member(name: "state", kind: .oneOf(["open", "closed", "cancelled"])),
        Member(name: "cartItems", kind: .list(.object(cartItemV1))),
        Member(name: "identifiers", kind: .list(.anyText)),
        Member(name: "total", kind: .number),
        attributes
    )

    private static let sessionV2 = BodySchema(
        Member(
            name: "customerSession",
            kind: .object(
                BodySchema(
                    profileId,
                    Member(name: "couponCodes", kind: .list(.text(length: 0...100))),
                    Member(name: "referralCode", kind: .text(length: 0...100)),
                    Member(name: "state", kind: .oneOf(["open", "closed", "partially_returned", "cancelled"])),
                    Member(name: "cartItems", kind: .list(.object(cartItemV2))),
                    Member(name: "additionalCosts", kind: additionalCosts),
                    Member(name: "identifiers", kind: .list(.anyText, maximum: 5)),
                    Member(name: "loyaltyCards", kind: .list(.anyText, maximum: 1)),
                    Member(name: "storeIntegrationId", kind: .name),
                    Member(name: "evaluableCampaignIds", kind: identifierNumbers),
                    attributes
                )
            ),
            isRequired: true
        ),
        Member(name: "responseContent", kind: .list(.oneOf(ResponseContent.ofSession)))
    )

    private static let cartItemV1 = BodySchema(
        [
            Member(name: "name", kind: .text(length: 1...Int.max), isRequired: true),
            Member(name: "price", kind: .number, isRequired: true),
        ] + cartItem
    )

    private static let cartItemV2 = BodySchema(
        [
            Member(name: "name", kind: .anyText),
            Member(name: "price", kind: .number),
            Member(name: "additionalCosts", kind: additionalCosts),
        ] + cartItem
    )

    /// The members that the cart items of both versions have.
    private static let cartItem = [
        Member(name: "sku", kind: .text(length: 1...Int.max), isRequired: true),
        Member(name: "quantity", kind: quantity, isRequired: true),
        Member(name: "category", kind: .anyText),
        Member(name: "weight", kind: .number),
        Member(name: "height", kind: .number),
        Member(name: "width", kind: .number),
        Member(name: "length", kind: .number),
        Member(name: "position", kind: .number),
        attributes,
    ]

    private static let quantity = Kind.integer(1...Int64(Int32.max))

    private static let additionalCosts = Kind.map(
        .object(BodySchema(Member(name: "price", kind: .number, isRequired: true)))
    )

    // MARK: Events

    private static let eventV1 = BodySchema(
        Member(name: "type", kind: .text(length: 1...Int.max), isRequired: true),
        Member(name: "attributes", kind: .anyObject, isRequired: true),
        Member(name: "sessionId", kind: .name, isRequired: true),
        profileId
    )

    private static let eventV2 = BodySchema(
        Member(name: "type", kind: .text(length: 1...Int.max), isRequired: true),
        Member(name: "profileId", kind: .name, isRequired: true),
        Member(name: "storeIntegrationId", kind: .name),
        Member(name: "evaluableCampaignIds", kind: identifierNumbers),
        Member(name: "loyaltyCards", kind: .list(.anyText, maximum: 1)),
        Member(name: "responseContent", kind: .list(.oneOf(ResponseContent.ofProfile))),
        attributes
    )
}
