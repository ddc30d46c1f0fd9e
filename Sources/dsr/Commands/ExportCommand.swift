import ArgumentParser
import AtomicFiles
import Foundation
import Processor
import Store
import SubjectRequests

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Export one customer's inventory to a JSON file, now.",
        discussion: """
            Goes through the queue like every request, with evidence and a letter beside the export; the letter is \
            written to the report directory where one is configured. An older open request of the same person must be \
            answered first.
            """
    )

    @OptionGroup var subject: SubjectArgument
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Where to write: a new file with mode 0600, or - for standard output.", valueName: "file")
    )
    var output: String
    @Flag(help: "Replace the file if it is there.")
    var force = false
    @Flag(help: "Only what Art. 20 GDPR covers: what the person provided.")
    var portability = false
    @Option(help: ArgumentHelp("The ticket the request came from.", valueName: "reference"))
    var ticket: String?
    @OptionGroup var origin: OriginOptions
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let person = try subject.read()
        try Ticket.check(ticket, about: person)
        try checkOutput()
        let submission = Submission(
            right: portability ? .portability : .access,
            subject: person,
            receivedAt: try origin.instant(),
            ticket: ticket,
            requestedBy: origin.requestedBy ?? Actor.current,
            channel: "cli"
        )
        let configuration = try await options.load()
        let request = try await SingleRequest(submission: submission, configuration: configuration).work()

        guard let outcome = request.outcome, outcome.completes else {
            throw request.failure
        }
        let content = try await configuration.withStore { store in
            try await store.content(ofDocument: "request-\(request.id)-export.json")
        }
        guard let content else {
            throw Failure(
                .needsAction,
                "request \(request.id) is \(outcome.rawValue), but its export is not in the database any more"
            )
        }
        try write(content)
        if outcome == .noData {
            Terminal.note("Request \(request.id): Talon.One knows no such customer (no_data). The export says so.")
        } else {
            Terminal.note("Request \(request.id): exported, \(content.count) bytes.")
        }
    }

    /// Finds out before anything is asked of the API what would keep the answer from being written.
    private func checkOutput() throws {
        guard output != "-" else { return }
        if !force, FileManager.default.fileExists(atPath: output) {
            throw Failure(
                .usage,
                "the output file exists; nothing was done. Give --force to replace it, or another name"
            )
        }
        let folder = (output as NSString).deletingLastPathComponent
        guard FileManager.default.isWritableFile(atPath: folder.isEmpty ? "." : folder) else {
            throw Failure(.usage, "the output file's folder is not there or not writable; nothing was done")
        }
    }

    private var whereabouts: String {
        "the export is in the database, and 'dsr run' writes it to the report directory"
    }

    private func write(_ content: Data) throws {
        guard output != "-" else { return Terminal.out(content) }
        do throws(AtomicFile.Failure) {
            try AtomicFile.write(content, to: output, replacing: force)
        } catch {
            throw Failure(
                .needsAction,
                error.alreadyExists
                    ? "the output file came into being meanwhile and was not replaced; \(whereabouts)"
                    : "the output file: \(error); \(whereabouts)"
            )
        }
    }
}
