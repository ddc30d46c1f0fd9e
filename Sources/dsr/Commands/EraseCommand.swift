import ArgumentParser
import Foundation
import Processor
import Reports
import Store
import SubjectRequests

struct EraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erase the data of one customer now.",
        discussion: """
            Uses the same queue, evidence and documents as the nightly run. An erasure cannot be undone: Talon.One \
            deletes the customer's data in every Application of the key's environment.

            Examples:
              dsr erase customer-42 --ticket T-1
              echo customer-42 | dsr erase - --ticket T-1 --yes
            """
    )

    @OptionGroup var subject: SubjectArgument
    @Option(help: ArgumentHelp("The ticket of the erasure; kept in the evidence.", valueName: "reference"))
    var ticket: String
    @Flag(help: "Do not ask for confirmation. For scripts.")
    var yes = false
    @OptionGroup var origin: OriginOptions
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let customer = try subject.read()
        try TicketOption.check(ticket, about: customer)
        let configuration = try await options.load()
        try confirm(customer, try configuration.environment())
        var submission = Submission(
            right: .erasure,
            subject: customer,
            receivedAt: try origin.instant(),
            ticket: ticket,
            requestedBy: origin.requestedBy ?? CurrentUser.name,
            channel: "cli"
        )
        submission.submittedBy = CurrentUser.name
        let (request, deliveryFailure) = try await SingleRequest(submission: submission, configuration: configuration)
            .process()
        guard let outcome = request.outcome, outcome.completes else { throw request.failure }
        switch outcome {
        case .noData:
            Terminal.out("Request \(request.id): Talon.One has no such customer (no_data). Nothing was erased.")
        case .alreadyAbsent: Terminal.out("Request \(request.id): the customer was already absent.")
        case .recordRemains:
            Terminal.out(
                "Request \(request.id): the data was erased, but Talon.One keeps the customer's record (record_remains). "
                    + "The confirmation names what stays."
            )
        default: Terminal.out("Request \(request.id): erased; a second read found no data.")
        }
        if let deliveryFailure { throw Failure.undelivered(deliveryFailure) }
    }

    private func confirm(_ customer: SubjectID, _ environment: Environment) throws {
        guard !yes else { return }
        guard !subject.isFromStandardInput else {
            throw Failure(
                .usage,
                "the integrationId comes from standard input, so the erasure cannot be confirmed; give --yes"
            )
        }
        // Before the identifier is shown: standard error may be a file or the mail of cron.
        guard Terminal.canAsk else {
            throw Failure(
                .usage,
                "the erasure cannot be confirmed, because standard input or standard error is not a terminal; give --yes in a "
                    + "script"
            )
        }
        Terminal.note(
            """
            Environment: \(environment.rawValue)
            Customer:    \(customer.value)
            Ticket:      \(ticket)
            This erases the customer's data permanently.
            """
        )
        guard let answer = Terminal.ask("Type the integrationId again to confirm: ") else {
            throw Failure(.usage, "there was no answer; nothing was done")
        }
        guard answer == customer.value else {
            throw Failure(.usage, "the integrationIds differ; nothing was done")
        }
    }
}
