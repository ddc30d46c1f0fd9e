import ArgumentParser
import AtomicFiles
import Foundation
import Processor
import Reports
import Store
import SubjectRequests

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Export the inventory of one customer to a JSON file now.",
        discussion: """
            Uses the same queue and evidence as the nightly run. The letter to the customer is written to the report \
            directory where one is configured. An older open request of the same customer must be answered first.

            Examples:
              dsr export customer-42 --output customer.json --ticket T-1
              dsr export customer-42 --output - --portability
              dsr export customer-42 --output internal.json --for controller
            """
    )

    @OptionGroup var subject: SubjectArgument
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The output: a new file with mode 0600, or - for standard output.", valueName: "file")
    )
    var output: String
    @Flag(help: "Replace an existing file.")
    var force = false
    @Flag(help: "Export only what Art. 20 GDPR covers: the data that the customer provided.")
    var portability = false
    @Option(
        name: .customLong("for"),
        help: """
            Who is to read the file: subject (without what identifies other customers; to be sent) or controller (the whole \
            inventory; not to be sent).
            """
    )
    var audience: ExportAudience = .subject
    @Option(help: ArgumentHelp("The ticket of the request; kept in the evidence.", valueName: "reference"))
    var ticket: String?
    @OptionGroup var origin: OriginOptions
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let customer = try subject.read()
        try TicketOption.check(ticket, about: customer)
        try OutputFile.check(output, replacing: force)
        var submission = Submission(
            right: portability ? .portability : .access,
            subject: customer,
            receivedAt: try origin.instant(),
            ticket: ticket,
            requestedBy: origin.requestedBy ?? CurrentUser.name,
            channel: "cli"
        )
        submission.submittedBy = CurrentUser.name
        let configuration = try await options.load()
        let (request, deliveryFailure) = try await SingleRequest(
            submission: submission,
            configuration: configuration,
            withControllerCopy: audience == .controller
        ).process()
        guard let outcome = request.outcome, outcome.completes else { throw request.failure }
        let document = try await configuration.withStore { store in
            try await store.document(named: "request-\(request.id)-\(audience.fileNamePart).json")
        }
        guard let document else {
            throw Failure(
                .needsAction,
                "request \(request.id) is \(outcome.rawValue), but its export is not in the database any more"
            )
        }
        guard document.isIntact else { throw Failure.altered }
        try write(document.content)
        Terminal.note(
            outcome == .noData
                ? "Request \(request.id): Talon.One has no such customer (no_data). The export says so."
                : "Request \(request.id): exported, \(document.content.count.counted("byte")), \(audience.note)."
        )
        let missing = configuration.facts().missing(for: submission.right)
        if !missing.isEmpty {
            Terminal.note("No letter was made: the configuration lacks \(missing.joined(separator: ", ")).")
        }
        if let deliveryFailure { throw Failure.undelivered(deliveryFailure) }
    }

    private func write(_ content: Data) throws {
        do {
            try OutputFile.write(content, to: output, replacing: force)
        } catch {
            throw Failure(
                .needsAction,
                "\(Failure(error).sentence); the export is in the database, and 'dsr run' writes it to the report directory"
            )
        }
    }
}

/// The reader of the file.
enum ExportAudience: String, CaseIterable, ExpressibleByArgument {
    case subject, controller

    fileprivate var fileNamePart: String {
        switch self {
        case .subject: "export"
        case .controller: "controller"
        }
    }

    fileprivate var note: String {
        switch self {
        case .subject: "for the customer: what identifies other customers is left out"
        case .controller: "for the controller: not to be sent to the customer"
        }
    }
}
