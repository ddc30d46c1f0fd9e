import Processor
import SubjectRequests
import TalonOne

/// Who knows the customer on whom a hold is placed. Only a digest is stored, so the identifier cannot be checked later.
struct HoldLookup {
    /// The number of requests of the customer that were not answered "no data".
    let requests: Int
    let customer: SubjectID
    let environment: Environment
    let configuration: DsrConfiguration
    /// Whether Talon.One knows the customer; `nil` where it was not or could not be asked.
    private(set) var talonOne: Bool?
    /// Why it could not be asked.
    private var failure: Failure?

    init(requests: Int, customer: SubjectID, environment: Environment, configuration: DsrConfiguration) {
        self.requests = requests
        self.customer = customer
        self.environment = environment
        self.configuration = configuration
    }

    private var isConfigured: Bool { configuration.settings[TalonOneSettings.baseURL] != nil }

    /// Asks Talon.One, where the API is configured.
    mutating func ask() async {
        guard isConfigured else { return }
        do {
            talonOne = try await configuration.withTalonOne(connections: 1) { client in
                try await CustomerLookup.isKnown(
                    customer,
                    to: client,
                    in: environment,
                    optionalSections: try configuration.optionalSections()
                )
            }
        } catch {
            failure = Failure(error)
        }
    }

    /// Asks Talon.One about a customer whom no request knows.
    ///
    /// - Throws: ``Failure`` where the customer is unknown, or could not be looked up.
    mutating func requireKnown() async throws {
        await ask()
        if let failure {
            throw Failure(
                failure.code,
                "no request has this integrationId, and Talon.One could not be asked (\(failure.sentence)); no hold was "
                    + "placed; try again, or give --unknown-ok"
            )
        }
        guard talonOne != true else { return }
        let asked = isConfigured ? "no request and no customer in Talon.One has" : "no request has"
        throw Failure(
            .usage,
            "\(asked) this integrationId; no hold was placed. Check it, upper and lower case matter; to place the hold "
                + "all the same, give --unknown-ok"
        )
    }

    /// Who knows the customer, for operators.
    var sentences: [String] {
        ["Requests of this customer: \(requests.grouped).", talonOneSentence]
    }

    private var talonOneSentence: String {
        if let failure { return "Talon.One could not be asked about this customer: \(failure.sentence)" }
        return switch talonOne {
        case true?: "Talon.One knows this customer."
        case false?:
            "Talon.One does not know this customer. Check the integrationId: a hold on another one has no effect."
        case nil: "Talon.One was not asked about this customer, because no base URL is configured."
        }
    }
}
