import ArgumentParser
import Foundation
import Store
import SubjectRequests

struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Add a request to the queue. The next run processes it.",
        discussion: """
            Examples:
              dsr submit access customer-42 --ticket T-1
              dsr submit rectification customer-42 --changes '{"City": "Lyon"}'
              echo customer-42 | dsr submit erasure - --ticket T-3
            """
    )

    @Argument(help: "The right: \(Right.allCases.map(\.rawValue).joined(separator: ", ")).")
    var right: Right
    @OptionGroup var subject: SubjectArgument
    @OptionGroup var origin: OriginOptions
    @Option(help: ArgumentHelp("The ticket of the request; kept in the evidence.", valueName: "reference"))
    var ticket: String?
    @Option(help: ArgumentHelp("The channel through which the request came. Default: cli.", valueName: "name"))
    var channel: String?
    @Option(
        help: ArgumentHelp(
            "For a rectification: attribute names and new values; null clears a value, - reads them from standard input.",
            valueName: "json"
        )
    )
    var changes: String?
    @Flag(help: "Wait until the requester's identity is verified ('dsr requests verify'), whatever the channel.")
    var needsIdentity = false
    @Flag(help: "Print the request's number as JSON.")
    var json = false
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        guard !(subject.isFromStandardInput && changes == "-") else {
            throw Failure(.usage, "the integrationId and --changes cannot both be read from standard input")
        }
        let customer = try subject.read()
        try TicketOption.check(ticket, about: customer)
        var submission = Submission(
            right: right,
            subject: customer,
            receivedAt: try origin.instant(),
            ticket: ticket,
            requestedBy: origin.requestedBy ?? CurrentUser.name,
            channel: channel ?? "cli",
            changes: try requestedChanges()
        )
        submission.needsIdentity = needsIdentity
        submission.submittedBy = CurrentUser.name
        let id = try await options.load().withStore { store in try await store.submit(submission) }
        if right == .erasure, ticket == nil {
            Terminal.note(
                "Request \(id) has no ticket: after the erasure nothing here tells for whom its confirmation is."
            )
        }
        guard json else { return Terminal.out("Request \(id) is pending.") }
        try JSONOutput.print(SubmittedJSON(request: id))
    }

    private func requestedChanges() throws -> RequestedChanges? {
        guard right == .rectification else {
            guard changes == nil else { throw Failure(.usage, "--changes is only for a rectification") }
            return nil
        }
        return try RequestedChanges(json: changes == "-" ? StandardInput.text() : changes)
    }
}

private struct SubmittedJSON: Encodable {
    let request: Int64
}
