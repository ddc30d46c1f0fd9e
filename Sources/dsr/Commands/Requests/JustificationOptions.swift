import ArgumentParser
import Foundation
import Store
import SubjectRequests

/// Why an operator decides.
struct JustificationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The reason, in one sentence without names; shown to operators, not kept in the evidence.",
            valueName: "sentence"
        )
    )
    var reason: String?
    @Option(help: ArgumentHelp("The ticket of the decision; kept in the evidence permanently.", valueName: "reference"))
    var ticket: String?

    func read(about subject: SubjectID? = nil) throws -> Justification {
        guard reason != nil || ticket != nil else {
            throw Failure(.usage, "a decision needs a reason or a ticket: give --reason or --ticket")
        }
        try TicketOption.check(ticket, about: subject)
        if let reason {
            guard (1...500).contains(reason.unicodeScalars.count),
                !reason.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else { throw Failure(.usage, "--reason must be one line of up to 500 characters") }
            if let subject, subject.value.count >= 4, reason.localizedCaseInsensitiveContains(subject.value) {
                throw Failure(.usage, "--reason contains the integrationId; state why, and not who")
            }
        }
        return Justification(reason: reason, ticket: ticket)
    }
}
