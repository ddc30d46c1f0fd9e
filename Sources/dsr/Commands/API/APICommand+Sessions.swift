import ArgumentParser
import Foundation
import SubjectRequests
import TalonOne

extension APICommand {
    struct UpdateSession: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Update a customer session; an unknown session or customer is created.",
            discussion: """
                Examples:
                  dsr api update-session order-7 --profile customer-42 --total 12.50
                """
        )

        @Argument(help: ArgumentHelp("The id of the session.", valueName: "session-id"))
        var session: String
        @Option(help: ArgumentHelp("The customer's integrationId.", valueName: "integration-id"))
        var profile: String?
        @Option(help: "open, closed, cancelled, or with version 2 of the API partially_returned.")
        var state = "open"
        @Option(help: "A coupon code.")
        var coupon: String?
        @Option(help: "A referral code.")
        var referral: String?
        @Option(help: "The total, a decimal number. Version 2 of the API has none, and computes it from --cart.")
        var total: String?
        @Option(help: ArgumentHelp("Cart items as a JSON array of {name, sku, quantity, price}.", valueName: "json"))
        var cart: String?
        @OptionGroup var attributes: AttributesOption
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard ["open", "closed", "cancelled", "partially_returned"].contains(state) else {
                throw ValidationError("--state must be open, closed, cancelled or partially_returned")
            }
        }

        func run() async throws {
            let update = NewCustomerSession(
                profileId: try profile.map { try SubjectArgument.check($0).value },
                coupon: coupon,
                referral: referral,
                state: SessionState(rawValue: state),
                cartItems: try cart.map { text in try JSONText.decode(text, "--cart") },
                total: try total.map { text in
                    guard text.wholeMatch(of: /-?[0-9]{1,30}(\.[0-9]{1,8})?/) != nil,
                        let total = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
                    else {
                        throw Failure(.usage, "--total must be a decimal number, for example 12.50")
                    }
                    return total
                },
                attributes: try attributes.readIfGiven()
            )
            try await options.call { client in
                if total != nil, client.configuration.dialect == .v2 {
                    throw Failure(
                        .usage,
                        "--total is for version 1 of the API; version 2 computes it from --cart; nothing was sent"
                    )
                }
                let answer = try await client.updateCustomerSession(customerSessionId: session, update)
                if total != nil, answer.operation == .updateCustomerSessionV2 {
                    Terminal.note("--total was not sent: this deployment has version 2, which computes it from --cart")
                }
                return answer.body
            }
        }
    }

    struct TrackEvent: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Track an event; an unknown customer is created.",
            discussion: """
                Examples:
                  dsr api track-event viewed --profile customer-42 --session visit-7
                """
        )

        @Argument(help: "The type of the event.")
        var type: String
        @Option(help: ArgumentHelp("The customer's integrationId.", valueName: "integration-id"))
        var profile: String?
        @Option(help: ArgumentHelp("The id of the session.", valueName: "session-id"))
        var session: String?
        @OptionGroup var attributes: AttributesOption
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let event = NewEvent(
                type: type,
                attributes: try attributes.read(),
                sessionId: session,
                profileId: try profile.map { try SubjectArgument.check($0).value }
            )
            try await options.call { client in
                if session != nil, client.configuration.dialect == .v2 {
                    throw Failure(
                        .usage,
                        "--session is for version 1 of the API; events of version 2 have no session; nothing was sent"
                    )
                }
                let answer = try await client.trackEvent(event)
                if session != nil, answer.operation == .trackEventV2 {
                    Terminal.note("--session was not sent: this deployment has version 2, whose events have no session")
                }
                return answer.body
            }
        }
    }

    struct CreateReferral: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a referral code. Not idempotent: each call creates a new code.",
            discussion: """
                Examples:
                  dsr api create-referral --campaign 2 --advocate customer-42
                """
        )

        @Option(help: "The number of the campaign.")
        var campaign: Int64
        @Option(help: ArgumentHelp("The customer who refers.", valueName: "integration-id"))
        var advocate: String
        @Option(help: ArgumentHelp("The customer who is referred.", valueName: "integration-id"))
        var friend: String?
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let referral = NewReferral(
                campaignId: campaign,
                advocateProfileIntegrationId: try SubjectArgument.check(advocate).value,
                friendProfileIntegrationId: try friend.map { try SubjectArgument.check($0).value }
            )
            try await options.call { client in try await client.createReferral(referral).body }
        }
    }
}
