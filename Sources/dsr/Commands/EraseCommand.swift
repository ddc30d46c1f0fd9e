import ArgumentParser
import Foundation
import Processor
import Reports
import Store
import SubjectRequests

struct EraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erase one customer's data, from a ticket.",
        discussion: """
            Goes through the same queue, evidence and documents as the nightly run. It cannot be undone: Talon.One \
            clears the customer's data in every Application of the key's environment.
            """
    )

    @OptionGroup var subject: SubjectArgument
    @Option(help: ArgumentHelp("The ticket that orders the erasure; kept in the evidence.", valueName: "reference"))
    var ticket: String
    @Flag(help: "Do not ask. For scripts.")
    var yes = false
    @OptionGroup var origin: OriginOptions
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let person = try subject.read()
        try Ticket.check(ticket, about: person)
        let configuration = try await options.load()
        try confirm(person, try configuration.environment())
        let submission = Submission(
            right: .erasure,
            subject: person,
            receivedAt: try origin.instant(),
            ticket: ticket,
            requestedBy: origin.requestedBy ?? Actor.current,
            channel: "cli"
        )
        let request = try await SingleRequest(submission: submission, configuration: configuration).work()
        guard let outcome = request.outcome, outcome.completes else {
            throw request.failure
        }
        switch outcome {
        case .noData:
            Terminal.out("Request \(request.id): Talon.One knows no such customer (no_data). Nothing was erased.")
        case .alreadyAbsent: Terminal.out("Request \(request.id): already absent.")
        default: Terminal.out("Request \(request.id): erased, and read back: nothing of theirs is left.")
        }
    }

    private func confirm(_ person: SubjectID, _ environment: RequestFacts.Environment) throws {
        guard !yes else { return }
        guard !subject.isFromStandardInput else {
            throw Failure(.usage, "with the integrationId on standard input there is nobody to ask; give --yes")
        }
        Terminal.note(
            """
            Environment: \(environment.rawValue)
            Customer:    \(person.value)
            Ticket:      \(ticket)
            This erases the customer's data for good.
            """
        )
        guard let answer = Terminal.ask("Type the integrationId again to go on: ") else {
            throw Failure(.usage, "standard input is not a terminal, so nobody can confirm; give --yes in a script")
        }
        guard answer == person.value else {
            throw Failure(.usage, "that is not the same integrationId; nothing was done")
        }
    }
}
