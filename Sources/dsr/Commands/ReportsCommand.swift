import ArgumentParser
import Foundation
import Processor
import Store
import SubjectRequests

struct ReportsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reports",
        abstract: "List, fetch and deliver documents.",
        discussion: """
            Examples:
              dsr reports list --undelivered
              dsr reports get request-694-export.json --output -
              dsr reports deliver
            """,
        subcommands: [List.self, Get.self, Deliver.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the documents of requests and runs, oldest first.",
            discussion: """
                Examples:
                  dsr reports list --request 694
                """
        )

        @Flag(help: "List only documents that are not written as files yet.")
        var undelivered = false
        @Option(help: ArgumentHelp("List only documents of this request.", valueName: "number"))
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
                        document.deliveredAt?.formatted(.iso8601) ?? "-", document.hasContent ? "yes" : "deleted",
                    ]
                },
                object: DocumentJSON.init
            )
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch one document from the database by its file name.",
            discussion: """
                Examples:
                  dsr reports get request-694-export.json --output customer.json
                """
        )

        @Argument(help: ArgumentHelp("The file name, as shown by 'dsr reports list'.", valueName: "name"))
        var name: String
        @Option(
            name: [.short, .long],
            help: ArgumentHelp(
                "The output: a new file with mode 0600, or - for standard output.",
                valueName: "file"
            )
        )
        var output: String
        @Flag(help: "Replace an existing file.")
        var force = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try OutputFile.check(output, replacing: force)
            let document = try await options.load().withStore { store in try await store.document(named: name) }
            guard let document else {
                throw Failure(.usage, "there is no such document, or its content was deleted after an erasure")
            }
            guard document.isIntact else { throw Failure.altered }
            try OutputFile.write(document.content, to: output, replacing: force)
        }
    }

    struct Deliver: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the documents that are not files yet to the report directory.",
            discussion: """
                For documents that a run could not write, for example because the disk was full. Makes no API call.

                Examples:
                  dsr reports deliver
                """
        )

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let configuration = try await options.load()
            let settings = try configuration.processor(actor: CurrentUser.name)
            guard let path = settings.reportsDirectory else { throw Failure.noReportDirectory }
            let delivered = try await configuration.withQueue { store in
                try await ReportDirectory(path: path, databaseID: try await store.deployment().databaseID)
                    .deliver(from: store, keepDays: settings.documentKeepDays, by: .operator(settings.operator))
            }
            Terminal.out("Documents written: \(delivered.count.grouped).")
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
        "\(ReportSettings.directory.name) is not set; it must be the directory to which documents are written"
    )

    /// The bytes of a document are not those that were recorded.
    static let altered = Failure(
        .needsAction,
        "the database does not hold what was recorded of this document: the SHA-256 or the size of the content differs, and "
            + "nothing was written. Find out who changed it, and run 'dsr evidence verify'"
    )

    static func undelivered(_ why: String) -> Failure {
        Failure(
            .needsAction,
            "documents could not be written: \(why)"
        )
    }
}
