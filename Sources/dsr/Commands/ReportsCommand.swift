import ArgumentParser
import AtomicFiles
import Foundation
import Processor
import Store

struct ReportsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reports",
        abstract: "The documents: what there is, one of them, and those that are not files yet.",
        subcommands: [List.self, Get.self, Deliver.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List documents of requests and runs, in the order they were made."
        )

        @Flag(help: "Only those that are not files yet.")
        var undelivered = false
        @Option(help: "Only those of this request.")
        var request: Int64?
        @OptionGroup var list: ListOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let documents = try await options.load().withStore { store in
                try await store.documents(
                    of: request,
                    undeliveredOnly: undelivered,
                    after: list.after,
                    limit: list.limit
                )
            }
            try list.print(
                documents,
                headings: ["document", "file", "bytes", "delivered", "in the database"],
                row: { document in
                    [
                        String(document.id), document.fileName, String(document.byteCount),
                        document.deliveredAt?.formatted(.iso8601) ?? "-", document.hasContent ? "yes" : "dropped",
                    ]
                },
                object: DocumentJSON.init
            )
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Get one document out of the database, by its file's name."
        )

        @Argument(help: ArgumentHelp("The file's name, as 'dsr reports list' shows it.", valueName: "name"))
        var name: String
        @Option(
            name: [.short, .long],
            help: ArgumentHelp(
                "Where to write: a new file with mode 0600, or - for standard output.",
                valueName: "file"
            )
        )
        var output: String
        @Flag(help: "Replace the file if it is there.")
        var force = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let content = try await options.load().withStore { store in try await store.content(ofDocument: name) }
            guard let content else {
                throw Failure(.usage, "there is no such document, or its content was dropped with the person's erasure")
            }
            guard output != "-" else { return Terminal.out(content) }
            do throws(AtomicFile.Failure) {
                try AtomicFile.write(content, to: output, replacing: force)
            } catch {
                throw Failure(
                    .usage,
                    error.alreadyExists ? "the file is there; --force replaces it" : "the output file: \(error)"
                )
            }
        }
    }

    struct Deliver: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the documents that are not files yet to the report directory.",
            discussion: "For what a run could not write, because the disk was full, say. Nothing is asked of the API."
        )

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let configuration = try await options.load()
            let settings = try configuration.processor(actor: Actor.current)
            guard let path = settings.reportsDirectory else { throw Failure.noReportDirectory }
            let delivered = try await configuration.withStore { store in
                try await ReportDirectory(path: path).deliver(from: store, by: .person(settings.person))
            }
            Terminal.out("Documents written: \(delivered.count).")
            if let failure = delivered.failure { throw Failure.undelivered(failure) }
        }
    }
}

/// A document for programs.
private struct DocumentJSON: Encodable {
    let document: Int64, fileName: String, mediaType: String, byteCount: Int64, sha256: String
    let deliveredAt: Date?, hasContent: Bool

    init(_ summary: DocumentSummary) {
        document = summary.id
        fileName = summary.fileName
        mediaType = summary.mediaType
        byteCount = summary.byteCount
        sha256 = summary.sha256.hexadecimal
        deliveredAt = summary.deliveredAt
        hasContent = summary.hasContent
    }
}

extension Failure {
    static let noReportDirectory = Failure(
        .configuration,
        "no report directory: set DSR_REPORTS_DIRECTORY to where the documents are to be written"
    )

    static func undelivered(_ why: String) -> Failure {
        Failure(
            .needsAction,
            "documents could not be written (\(why)); they are safe in the database, and 'dsr reports deliver' or the next "
                + "run writes them"
        )
    }
}
