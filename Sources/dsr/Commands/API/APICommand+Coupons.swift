import ArgumentParser
import SubjectRequests
import TalonOne

extension APICommand {
    struct ReservedCoupons: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Get the coupons that are reserved for a customer; newer deployments lack this operation.",
            discussion: """
                Examples:
                  dsr api reserved-coupons customer-42
                """
        )

        @OptionGroup var subject: SubjectArgument
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let id = try subject.read().value
            try await options.call { client in try await client.reservedCoupons(integrationId: id).body }
        }
    }

    struct ReservedCustomers: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Get the customers for whom a coupon is reserved.",
            discussion: """
                Examples:
                  dsr api reserved-customers AUTUMN10
                """
        )

        @Argument(help: "The code of the coupon.")
        var coupon: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await options.call { client in try await client.reservedCustomers(couponValue: coupon).body }
        }
    }

    struct CreateReservation: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reserve a coupon for customers.",
            discussion: """
                Examples:
                  dsr api create-reservation AUTUMN10 customer-42 customer-43
                """
        )

        @OptionGroup var reservation: ReservationArguments
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let customers = try reservation.subjects()
            try await options.call { client in
                try await client.createCouponReservation(
                    couponValue: reservation.coupon,
                    integrationIds: customers
                ).body
            }
        }
    }

    struct DeleteReservation: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Release a coupon that is reserved for customers.",
            discussion: """
                Examples:
                  dsr api delete-reservation AUTUMN10 customer-42
                """
        )

        @OptionGroup var reservation: ReservationArguments
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let customers = try reservation.subjects()
            try await options.call { client in
                try await client.deleteCouponReservation(
                    couponValue: reservation.coupon,
                    integrationIds: customers
                ).body
            }
        }
    }

    /// A coupon, and the customers for whom it is reserved.
    struct ReservationArguments: ParsableArguments {
        @Argument(help: "The code of the coupon.")
        var coupon: String
        @Argument(help: ArgumentHelp("The customers' integrationIds, one or more.", valueName: "integration-id"))
        var customers: [String]

        func validate() throws {
            guard !customers.isEmpty else { throw ValidationError("give at least one integrationId") }
        }

        /// The customers' identifiers, validated.
        func subjects() throws -> [String] {
            try customers.map { try SubjectArgument.check($0).value }
        }
    }
}
