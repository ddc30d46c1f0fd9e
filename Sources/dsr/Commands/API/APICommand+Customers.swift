import ArgumentParser
import SubjectRequests
import TalonOne

extension APICommand {
    struct Inventory: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Get the inventory of a customer.",
            discussion: """
                Examples:
                  dsr api inventory customer-42
                  dsr api inventory customer-42 --section profile coupons
                """
        )

        @OptionGroup var subject: SubjectArgument
        @Option(
            parsing: .upToNextOption,
            help: "Sections: \(InventorySection.allCases.map(\.rawValue).joined(separator: ", ")). Default: all."
        )
        var section: [InventorySection] = InventorySection.allCases
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let id = try subject.read().value
            try await options.call { client in
                try await client.customerInventory(integrationId: id, sections: Set(section)).body
            }
        }
    }

    struct DeleteCustomerData: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete the data of a customer without evidence.",
            discussion: """
                'dsr erase' does the same with evidence, and verifies the result.

                Examples:
                  dsr api delete-customer-data customer-42 --yes
                """
        )

        @OptionGroup var subject: SubjectArgument
        @Flag(help: "Confirm the deletion. Without this flag, no call is made.")
        var yes = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let id = try subject.read().value
            guard yes else {
                throw Failure(
                    .usage,
                    "this deletes the customer's data permanently and leaves no evidence; use 'dsr erase', or give --yes"
                )
            }
            try await options.call { client in try await client.deleteCustomerData(integrationId: id).body }
        }
    }

    struct UpdateProfile: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Update the profile of a customer; an unknown customer is created.",
            discussion: """
                Examples:
                  dsr api update-profile customer-42 --attributes '{"City": "Lyon"}'
                """
        )

        @OptionGroup var subject: SubjectArgument
        @OptionGroup var attributes: AttributesOption
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let id = try subject.read().value
            let profile = NewCustomerProfile(attributes: try attributes.read())
            try await options.call { client in
                try await client.updateCustomerProfile(integrationId: id, profile).body
            }
        }
    }
}
