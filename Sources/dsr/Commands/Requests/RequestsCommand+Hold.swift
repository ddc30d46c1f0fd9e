import ArgumentParser
import Foundation
import Processor
import Store
import SubjectRequests

extension RequestsCommand {
    struct Hold: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Place a legal hold: protect a customer's data from erasure (Art. 17(3) GDPR).",
            discussion: """
                From now on no call that erases the customer is sent, whichever request asks for it. Requests for access are \
                still answered. The customer is stored as a keyed digest only, so the subject key must be configured. \
                Placing a hold with the same ground and law again updates its day of review.

                A hold on a mistyped identifier has no effect, and the mistake cannot be found later. So dsr looks the \
                identifier up in the requests and, where the API is configured, in Talon.One. If neither knows it, the \
                hold is not placed without --unknown-ok.

                Examples:
                  dsr requests hold --request 694 --ground b --law 'section 147 AO' \\
                    --review-on 2027-01-31 --ticket T-1
                  dsr requests hold --subject customer-42 --ground e --law 'case 7' \\
                    --review-on 2027-01-31 --ticket T-1
                """
        )

        @Option(
            help: ArgumentHelp(
                "The customer's integrationId, or - to read it from standard input.",
                valueName: "integration-id"
            )
        )
        var subject: String?
        @Option(
            help: ArgumentHelp("The number of a request of the customer, instead of --subject.", valueName: "number")
        )
        var request: Int64?
        @Option(
            help: """
                The letter of Art. 17(3): a (expression and information), b (legal obligation or public task), \
                c (public health), d (archiving, research, statistics), e (legal claims).
                """
        )
        var ground: LegalHold.Ground
        @Option(help: ArgumentHelp("The legal rule, for example 'section 147 AO'.", valueName: "rule"))
        var law: String
        @Option(help: ArgumentHelp("The day on which the hold must be reviewed.", valueName: "YYYY-MM-DD"))
        var reviewOn: DayArgument
        @Option(
            help: ArgumentHelp(
                "The last day of the hold, where the law gives one. Default: until released.",
                valueName: "YYYY-MM-DD"
            )
        )
        var expiresOn: DayArgument?
        @Flag(help: "Place the hold even if no request and no customer in Talon.One has the identifier.")
        var unknownOk = false
        @OptionGroup var justification: JustificationOptions
        @Flag(help: "Print the result as JSON.")
        var json = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard (subject == nil) != (request == nil) else {
                throw ValidationError("give the customer by --subject or by --request")
            }
            guard (1...200).contains(law.count) else {
                throw ValidationError("--law must be the name of a rule of up to 200 characters")
            }
        }

        func run() async throws {
            let configuration = try await options.load()
            let settings = try configuration.processor(actor: CurrentUser.name)
            guard let key = settings.subjectKey else { throw Failure.noSubjectKey }
            let today = CivilDate(Date(), in: settings.admission.deadlines.zone)
            guard reviewOn.day > today, expiresOn.map({ $0.day >= today }) ?? true else {
                throw Failure(.usage, "--review-on must be in the future; --expires-on must not be in the past")
            }
            let given = try subject.map(SubjectArgument.read)
            let (placed, known) = try await configuration.withQueue { store in
                let customer = try await self.customer(given, in: store)
                let justification = try justification.read(about: customer)
                var lookup = HoldLookup(
                    requests: try await store.requests(
                        knowing: customer,
                        digests: settings.subjectKeys.map { $0.digest(of: customer) }
                    ),
                    customer: customer,
                    environment: settings.environment,
                    configuration: configuration
                )
                // Where it is not in doubt, the hold must not wait for the API.
                let isSure = lookup.requests > 0 || unknownOk
                if !isSure { try await lookup.requireKnown() }
                let placed = try await store.placeHold(
                    LegalHold(
                        ground: ground,
                        sourceOfLaw: law,
                        reviewOn: reviewOn.day,
                        expiresOn: expiresOn?.day
                    ),
                    on: customer,
                    digest: key.digest(of: customer),
                    keyID: key.id,
                    because: justification,
                    by: settings.operator
                )
                if isSure { await lookup.ask() }
                return (placed, lookup)
            }
            try report(placed, known)
        }

        private func customer(_ given: SubjectID?, in store: Store) async throws -> SubjectID {
            var customer = given
            if let request { customer = try await store.subject(of: request) }
            guard let customer else {
                throw Failure(.usage, "there is no request \(request ?? 0), or it no longer stores the customer")
            }
            guard customer.value.count < 4 || !law.localizedCaseInsensitiveContains(customer.value) else {
                throw Failure(.usage, "--law contains the integrationId; name the rule, and not the customer")
            }
            return customer
        }

        private func report(_ placed: PlacedHold, _ known: HoldLookup) throws {
            func list(_ ids: [Int64]) -> String {
                (ids.count == 1 ? "request " : "requests ") + ids.map(String.init).joined(separator: ", ")
            }
            if json {
                try JSONOutput.print(PlacedJSON(placed, known))
            } else {
                Terminal.out(placed.existed ? "Hold \(placed.id) existed before." : "Hold \(placed.id) is placed.")
                for sentence in known.sentences { Terminal.out(sentence) }
                if !placed.heldBack.isEmpty { Terminal.out("Held back: \(list(placed.heldBack)).") }
                if !placed.stopped.isEmpty {
                    Terminal.out("In progress, and stopped before the call is sent: \(list(placed.stopped)).")
                }
            }
            guard placed.tooLate.isEmpty else {
                throw Failure(
                    .needsAction,
                    "hold \(placed.id) is in force, but it came too late for the erasure of \(list(placed.tooLate)), "
                        + "which was being sent"
                )
            }
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Release a legal hold. Requests that only this hold kept back continue.",
            discussion: """
                Examples:
                  dsr requests release 3 --ticket T-1
                """
        )

        @Argument(help: "The number of the hold, as listed by 'dsr requests holds'.")
        var hold: Int64
        @OptionGroup var justification: JustificationOptions
        @Flag(help: "Print the result as JSON.")
        var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let justification = try justification.read()
            let configuration = try await options.load()
            let settings = try configuration.processor(actor: CurrentUser.name)
            let result = try await configuration.withQueue { store in
                try await store.releaseHold(hold, because: justification, by: settings.operator)
            }
            guard let result else { throw Failure(.usage, "there is no hold \(hold)") }
            if json {
                try JSONOutput.print(ReleasedJSON(hold: hold, changed: !result.wasReleased, ready: result.ready))
            } else if result.wasReleased {
                Terminal.out("Hold \(hold) was released before.")
            } else {
                Terminal.out("Hold \(hold) is released; \(result.ready.counted("request")) ready now.")
            }
        }
    }
}

/// The result of placing a hold, for programs.
private struct PlacedJSON: Encodable {
    let hold: Int64, wasThere: Bool, heldBack: [Int64], stopped: [Int64], tooLate: [Int64]
    let knownRequests: Int, knownToTalonOne: Nullable<Bool>

    init(_ placed: PlacedHold, _ known: HoldLookup) {
        knownRequests = known.requests
        knownToTalonOne = Nullable(known.talonOne)
        hold = placed.id
        wasThere = placed.existed
        heldBack = placed.heldBack
        stopped = placed.stopped
        tooLate = placed.tooLate
    }
}

/// The result of releasing a hold, for programs.
private struct ReleasedJSON: Encodable {
    let hold: Int64, changed: Bool, ready: Int
}
