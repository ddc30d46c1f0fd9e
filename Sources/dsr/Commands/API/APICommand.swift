import ArgumentParser
import Foundation
import Reports
import SubjectRequests
import TalonOne

struct APICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api",
        abstract: "Call one of the ten operations of the Integration API.",
        discussion: """
            Prints the body of the answer unchanged. Use it to look at data and to repair it: these calls leave no \
            evidence. Requests of customers are answered by 'dsr run', 'dsr export' and 'dsr erase'.

            Examples:
              dsr api inventory customer-42
              dsr api reserved-customers AUTUMN10
            """,
        subcommands: [
            Inventory.self, DeleteCustomerData.self, UpdateProfile.self, UpdateSession.self, TrackEvent.self,
            CreateReferral.self, ReservedCoupons.self, ReservedCustomers.self, CreateReservation.self,
            DeleteReservation.self,
        ]
    )
}

extension ConfigurationOptions {
    /// Makes one call and prints the body of the answer.
    func call(_ call: (TalonOneClient) async throws -> Data) async throws {
        let configuration = try await load()
        // A key of the wrong environment is the most expensive mistake here, so the environment must be set and is shown.
        let environment = try configuration.environment()
        try await configuration.withTalonOne(connections: 1) { client in
            let body = try await call(client)
            Terminal.note("Environment: \(environment.rawValue)")
            guard !body.isEmpty else { return Terminal.note("Done. The answer has no body.") }
            Terminal.out(body)
            if body.last != UInt8(ascii: "\n") { Terminal.out("") }
        }
    }
}

/// Attributes as JSON.
struct AttributesOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Attributes as a JSON object of names and values; null clears an attribute. Default: none.",
            valueName: "json"
        )
    )
    var attributes: String?

    func readIfGiven() throws -> [String: JSONValue]? {
        try attributes.map { text in try JSONText.decode(text, "--attributes") }
    }

    func read() throws -> [String: JSONValue] {
        try readIfGiven() ?? [:]
    }
}

/// JSON in an option.
enum JSONText {
    static func decode<Value: Decodable>(_ text: String, _ option: String) throws -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
        } catch {
            throw Failure(.usage, "\(option) must be JSON in the form that --help describes")
        }
    }
}
