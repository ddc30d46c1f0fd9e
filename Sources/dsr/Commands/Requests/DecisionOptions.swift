import ArgumentParser
import Foundation
import Processor
import Reports
import Store
import SubjectRequests

/// Why somebody decides as they do.
struct JustificationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Why, in a sentence that names nobody; shown to people, and not in the evidence.",
            valueName: "sentence"
        )
    )
    var reason: String?
    @Option(help: ArgumentHelp("The ticket it was decided in; kept in the evidence for good.", valueName: "reference"))
    var ticket: String?

    func read(about subject: SubjectID? = nil) throws -> Justification {
        guard reason != nil || ticket != nil else {
            throw Failure(.usage, "a decision needs a reason or a ticket: give --reason or --ticket")
        }
        try Ticket.check(ticket, about: subject)
        if let reason {
            guard (1...500).contains(reason.unicodeScalars.count),
                !reason.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else { throw Failure(.usage, "--reason is one line of up to 500 characters") }
            if let subject, subject.value.count >= 4, reason.localizedCaseInsensitiveContains(subject.value) {
                throw Failure(.usage, "--reason contains the integrationId; say why, and not who")
            }
        }
        return Justification(reason: reason, ticket: ticket)
    }
}

/// What every decision about a request takes.
struct DecisionOptions: ParsableArguments {
    @Argument(help: "The request's number.")
    var request: Int64
    @OptionGroup var justification: JustificationOptions
    @Flag(help: "Print the result as JSON.")
    var json = false
    @OptionGroup var options: ConfigurationOptions

    /// Makes a decision and says what came of it. A request that no run has seen yet is admitted first.
    ///
    /// - Parameters:
    ///   - done: What to say of it, as in `approved`.
    ///   - subject: Whom the request must be about, where that was said.
    ///   - decision: The decision, given the settings and the controller's present day.
    func make(
        _ done: String,
        about subject: SubjectID? = nil,
        _ decision: (CivilDate) throws -> Decision
    ) async throws {
        let justification = try justification.read(about: subject)
        let configuration = try await options.load()
        let settings = try configuration.processor(actor: Actor.current)
        let decision = try decision(CivilDate(Date(), in: settings.admission.deadlines.zone))
        let result = try await configuration.withStore { store in
            try await Run.admit(request, in: store, settings: settings)
            return try await store.decide(
                decision,
                on: request,
                because: justification,
                by: settings.person,
                subject: subject,
                rules: settings.admission.deadlines
            )
        }
        try report(result, done)
    }

    private func report(_ result: Store.DecisionResult, _ done: String) throws {
        switch result {
        case .notThere:
            throw Failure(.usage, "there is no request \(request) that could be decided about, or not of that person")
        case .notMade(.notAllowed(let sentence)):
            throw Failure(.usage, sentence)
        case .notMade(.alreadySo(let sentence)):
            Terminal.out(json ? #"{"request":\#(request),"changed":false}"# : "Request \(request): \(sentence)")
        case .notMade(.allowed):
            break
        case .made(let state, let gate):
            if json {
                let waiting = gate.map { #""\#($0.rawValue)""# } ?? "null"
                Terminal.out(
                    #"{"request":\#(request),"changed":true,"state":"\#(state.rawValue)","waiting_for":\#(waiting)}"#
                )
            } else {
                let waiting = gate.map { " for \($0.rawValue)" } ?? ""
                Terminal.out("Request \(request): \(done). It is \(state.rawValue)\(waiting).")
            }
        }
    }
}

/// A civil day on the command line.
struct DayArgument: ExpressibleByArgument {
    let day: CivilDate

    init?(argument: String) {
        guard let day = CivilDate(argument) else { return nil }
        self.day = day
    }
}

extension ProcessorSettings {
    /// Whoever uses this command, as the evidence names them.
    var person: Author.Person {
        Author.Person(actor: actor, environment: environment.rawValue, version: version)
    }
}
