import ArgumentParser
import Foundation
import Reports
import SubjectRequests
import TalonOne

struct APICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api",
        abstract: "The ten operations of the Integration API, by hand.",
        discussion: """
            Prints the answer's body as it came. For looking and for repairing: these calls leave no evidence. What \
            answers a person goes through 'dsr export' and 'dsr erase'.
            """,
        subcommands: [
            Inventory.self, DeleteCustomerData.self, UpdateProfile.self, UpdateSession.self, TrackEvent.self,
            CreateReferral.self, ReservedCoupons.self, ReservedCustomers.self, CreateReservation.self,
            DeleteReservation.self,
        ]
    )

    struct Inventory: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Get a customer's inventory.")

        @OptionGroup var subject: SubjectArgument
        @Option(
            parsing: .upToNextOption,
            help: "Sections: \(InventorySection.allCases.map(\.rawValue).joined(separator: ", ")). Default: all."
        )
        var section: [InventorySection] = InventorySection.allCases
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let id = try subject.read().value
            try await options.call { client throws(TalonOneError) in
                try await client.customerInventory(integrationId: id, sections: Set(section)).body
            }
        }
    }

    struct DeleteCustomerData: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a customer's data, without evidence. 'dsr erase' leaves evidence and reads back."
        )

        @OptionGroup var subject: SubjectArgument
        @Flag(help: "Do it. Without this flag nothing is sent.")
        var yes = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let id = try subject.read().value
            guard yes else {
                throw Failure(
                    .usage,
                    "this deletes the customer's data for good and leaves no evidence; use 'dsr erase', or give --yes"
                )
            }
            try await options.call { client throws(TalonOneError) in
                try await client.deleteCustomerData(integrationId: id).body
            }
        }
    }

    struct UpdateProfile: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Update a customer's profile. An unknown customer is created."
        )

        @OptionGroup var subject: SubjectArgument
        @OptionGroup var attributes: AttributesOption
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let id = try subject.read().value
            let profile = NewCustomerProfile(attributes: try attributes.read())
            try await options.call { client throws(TalonOneError) in
                try await client.updateCustomerProfile(integrationId: id, profile).body
            }
        }
    }

    struct UpdateSession: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Update a customer session. An unknown session, and an unknown customer, is created."
        )

        @Argument(help: ArgumentHelp("The session's id.", valueName: "session-id"))
        var session: String
        @Option(help: ArgumentHelp("The customer's integrationId.", valueName: "integration-id"))
        var profile: String?
        @Option(help: "open, closed or cancelled.")
        var state = "open"
        @Option(help: "A coupon code.")
        var coupon: String?
        @Option(help: "A referral code.")
        var referral: String?
        @Option(help: "The total, a decimal number.")
        var total: String?
        @Option(help: ArgumentHelp("Cart items: a JSON array of {name, sku, quantity, price}.", valueName: "json"))
        var cart: String?
        @OptionGroup var attributes: AttributesOption
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard ["open", "closed", "cancelled"].contains(state) else {
                throw Failure(.usage, "--state is open, closed or cancelled")
            }
            let update = NewCustomerSession(
                profileId: profile,
                coupon: coupon,
                referral: referral,
                state: SessionState(rawValue: state),
                cartItems: try cart.map { text throws in try JSONText.decode(text, "--cart") },
                total: try total.map { text throws in
                    guard let total = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")) else {
                        throw Failure(.usage, "--total is not a decimal number")
                    }
                    return total
                },
                attributes: try attributes.readIfGiven()
            )
            try await options.call { client throws(TalonOneError) in
                try await client.updateCustomerSession(customerSessionId: session, update).body
            }
        }
    }

    struct TrackEvent: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Track an event. An unknown customer is created."
        )

        @Argument(help: "The event's type.")
        var type: String
        @Option(help: ArgumentHelp("The customer's integrationId.", valueName: "integration-id"))
        var profile: String?
        @Option(help: ArgumentHelp("The session's id.", valueName: "session-id"))
        var session: String?
        @OptionGroup var attributes: AttributesOption
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let event = NewEvent(
                type: type,
                attributes: try attributes.read(),
                sessionId: session,
                profileId: profile
            )
            try await options.call { client throws(TalonOneError) in try await client.trackEvent(event).body }
        }
    }

    struct CreateReferral: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a referral code. Repeating it creates a second one."
        )

        @Option(help: "The campaign's number.")
        var campaign: Int64
        @Option(help: ArgumentHelp("Who refers.", valueName: "integration-id"))
        var advocate: String
        @Option(help: ArgumentHelp("Who is referred.", valueName: "integration-id"))
        var friend: String?
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let referral = NewReferral(
                campaignId: campaign,
                advocateProfileIntegrationId: advocate,
                friendProfileIntegrationId: friend
            )
            try await options.call { client throws(TalonOneError) in try await client.createReferral(referral).body }
        }
    }

    struct ReservedCoupons: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Get the coupons reserved for a customer; only older deployments have the operation."
        )

        @OptionGroup var subject: SubjectArgument
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let id = try subject.read().value
            try await options.call { client throws(TalonOneError) in
                try await client.reservedCoupons(integrationId: id).body
            }
        }
    }

    struct ReservedCustomers: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Get the customers a coupon is reserved for.")

        @Argument(help: "The coupon's code.")
        var coupon: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await options.call { client throws(TalonOneError) in
                try await client.reservedCustomers(couponValue: coupon).body
            }
        }
    }

    struct CreateReservation: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Reserve a coupon for customers.")

        @OptionGroup var reservation: ReservationArguments
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await options.call { client throws(TalonOneError) in
                try await client.createCouponReservation(
                    couponValue: reservation.coupon,
                    integrationIds: reservation.customers
                ).body
            }
        }
    }

    struct DeleteReservation: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Release a coupon's reservation for customers.")

        @OptionGroup var reservation: ReservationArguments
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await options.call { client throws(TalonOneError) in
                try await client.deleteCouponReservation(
                    couponValue: reservation.coupon,
                    integrationIds: reservation.customers
                ).body
            }
        }
    }
}

/// A coupon and whom it is reserved for.
struct ReservationArguments: ParsableArguments {
    @Argument(help: "The coupon's code.")
    var coupon: String
    @Argument(help: ArgumentHelp("The customers' integrationIds, one or more.", valueName: "integration-id"))
    var customers: [String]

    func validate() throws {
        guard !customers.isEmpty else { throw ValidationError("Give at least one integrationId.") }
    }
}

/// Attributes as JSON.
struct AttributesOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Attributes: a JSON object of names and values, null clears. Default: none.",
            valueName: "json"
        )
    )
    var attributes: String?

    func readIfGiven() throws -> [String: JSONValue]? {
        try attributes.map { text throws in try JSONText.decode(text, "--attributes") }
    }

    func read() throws -> [String: JSONValue] {
        try readIfGiven() ?? [:]
    }
}

private enum JSONText {
    static func decode<Value: Decodable>(_ text: String, _ option: String) throws -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
        } catch {
            throw Failure(.usage, "\(option) is not JSON of the shape that --help describes")
        }
    }
}

extension ConfigurationOptions {
    /// Makes one call and prints the answer's body.
    fileprivate func call(_ call: (TalonOneClient) async throws(TalonOneError) -> Data) async throws {
        let configuration = try await load()
        // A key of the wrong environment is the dearest mistake here: it is named, although the call does not need it.
        let environment = try configuration.environment()
        try await configuration.withTalonOne(connections: 1) { client in
            do throws(TalonOneError) {
                let body = try await call(client)
                Terminal.note("Environment: \(environment.rawValue)")
                guard !body.isEmpty else { return Terminal.note("Done; the answer has no body.") }
                Terminal.out(body)
                if body.last != UInt8(ascii: "\n") { Terminal.out("") }
            } catch {
                throw Failure(error)
            }
        }
    }
}
