import ArgumentParser
import Foundation
import Processor
import Store
import SubjectRequests

/// The arguments and options of every decision on a request.
struct DecisionOptions: ParsableArguments {
    @Argument(help: "The number of the request.")
    var request: Int64
    @OptionGroup var justification: JustificationOptions
    @Flag(help: "Print the result as JSON.")
    var json = false
    @OptionGroup var options: ConfigurationOptions

    /// Makes a decision and prints the result. A request that no run has seen yet is admitted first.
    ///
    /// - Parameters:
    ///   - done: What was done, to complete "Request N …", as in `approved`.
    ///   - subject: The customer whom the request must be about, where the operator gave one.
    ///   - next: What the operator must do next, from the request after the decision.
    ///   - decision: The decision, given the present day in the configured time zone.
    func make(
        _ done: String,
        about subject: SubjectID? = nil,
        next: (RequestDetail) -> String? = { _ in nil },
        _ decision: (CivilDate) throws -> Decision
    ) async throws {
        let justification = try justification.read(about: subject)
        let configuration = try await options.load()
        let settings = try configuration.processor(actor: CurrentUser.name)
        let decision = try decision(CivilDate(Date(), in: settings.admission.deadlines.zone))
        let (result, detail) = try await configuration.withQueue { store in
            try await QueueAdmission.admit(request, in: store, settings: settings)
            let result = try await store.decide(
                decision,
                on: request,
                because: justification,
                by: settings.operator,
                subject: subject,
                rules: settings.admission.deadlines
            )
            return (result, try await store.detail(of: request))
        }
        switch result {
        case .notFound: throw Failure(.usage, missing(isSubjectGiven: subject != nil))
        case .notMade(.notAllowed(let sentence)): throw Failure(.usage, sentence.printable)
        case .notMade(.unchanged(let sentence)): try printUnchanged(sentence)
        case .notMade(.allowed): break
        case .made(let state, let gate): try printChanged(done, state, gate, detail.flatMap(next))
        }
    }

    private func missing(isSubjectGiven: Bool) -> String {
        isSubjectGiven
            ? "request \(request) does not exist, is closed, or is about a different customer"
            : "there is no request \(request) to decide on"
    }

    private func printUnchanged(_ sentence: String) throws {
        guard json else { return Terminal.out("Request \(request): \(sentence.printable)") }
        try JSONOutput.print(UnchangedJSON(request: request))
    }

    private func printChanged(_ done: String, _ state: RequestState, _ gate: Gate?, _ next: String?) throws {
        guard !json else {
            return try JSONOutput.print(
                ChangedJSON(request: request, state: state.rawValue, waitingFor: Nullable(gate?.rawValue))
            )
        }
        let outcome =
            state.rawValue == done ? "." : "; it is \(state.rawValue)\(gate.map { " for \($0.rawValue)" } ?? "")."
        Terminal.out("Request \(request) \(done)\(outcome)" + (next.map { " \($0)" } ?? ""))
    }
}

/// The result of a decision that was made before, for programs.
private struct UnchangedJSON: Encodable {
    let request: Int64
    let changed = false
}

/// The result of a decision, for programs.
private struct ChangedJSON: Encodable {
    let request: Int64
    let changed = true
    let state: String
    let waitingFor: Nullable<String>
}

/// A day on the command line.
struct DayArgument: ExpressibleByArgument {
    let day: CivilDate

    init?(argument: String) {
        guard let day = CivilDate(argument) else { return nil }
        self.day = day
    }
}
