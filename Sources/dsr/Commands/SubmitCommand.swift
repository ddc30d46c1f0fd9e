import ArgumentParser
import Foundation
import Store
import SubjectRequests

struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Put a request into the queue, for the next run to answer."
    )

    @Argument(help: "The right: \(Right.allCases.map(\.rawValue).joined(separator: ", ")).")
    var right: Right
    @OptionGroup var subject: SubjectArgument
    @OptionGroup var origin: OriginOptions
    @Option(help: ArgumentHelp("The ticket the request came from.", valueName: "reference"))
    var ticket: String?
    @Option(help: ArgumentHelp("Through which channel the request came.", valueName: "name"))
    var channel: String?
    @Option(
        help: ArgumentHelp(
            "For a rectification: attribute names and new values, null clears; - reads them from standard input.",
            valueName: "json"
        )
    )
    var changes: String?
    @Flag(help: "Have somebody check who asks before it is worked, whatever the channel ('dsr requests verify').")
    var needsIdentity = false
    @Flag(help: "Print the request's number as JSON.")
    var json = false
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let person = try subject.read()
        try Ticket.check(ticket, about: person)
        var submission = Submission(
            right: right,
            subject: person,
            receivedAt: try origin.instant(),
            ticket: ticket,
            requestedBy: origin.requestedBy ?? Actor.current,
            channel: channel ?? "cli",
            changes: try requestedChanges()
        )
        submission.needsIdentity = needsIdentity
        let id = try await options.load().withStore { store in try await store.submit(submission) }
        Terminal.out(json ? "{\"request\":\(id)}" : "Request \(id) is pending.")
    }

    private func requestedChanges() throws -> RequestedChanges? {
        guard right == .rectification else {
            guard changes == nil else { throw Failure(.usage, "only a rectification has --changes") }
            return nil
        }
        let text =
            changes == "-"
            ? String(data: FileHandle.standardInput.readDataToEndOfFile(), encoding: .utf8) : changes
        do {
            return try RequestedChanges(json: text)
        } catch {
            throw Failure(.usage, error.reason)
        }
    }
}
