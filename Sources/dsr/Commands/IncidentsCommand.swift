import ArgumentParser
import Foundation
import Processor
import Store

struct IncidentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incidents",
        abstract: "Erased customers who reappeared in Talon.One.",
        discussion: """
            'dsr run' rechecks customers some days after their erasure, where reappearance.days is configured. The \
            identifier is kept until the incident is closed, and for at most 30 days after the erasure.

            Examples:
              dsr incidents list
              dsr incidents close 3 --erase --ticket T-1
            """,
        subcommands: [List.self, Close.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List incidents. Never shows the customer.",
            discussion: """
                Examples:
                  dsr incidents list --all
                """
        )

        @Flag(help: "Include closed incidents.")
        var all = false
        @OptionGroup var list: ListOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let incidents = try await options.load().withStore { store in
                try await store.incidents(after: list.after, includingClosed: all, limit: list.limit)
            }
            try list.print(
                incidents,
                headings: ["incident", "erasure", "found", "opened", "identifier kept until", "closed", "erased by"],
                row: { incident in
                    [
                        String(incident.id), String(incident.request), incident.found.joined(separator: ", "),
                        incident.openedAt.formatted(.iso8601), incident.subjectKeptUntil?.formatted(.iso8601) ?? "gone",
                        incident.closedAt?.formatted(.iso8601) ?? "-", incident.erasedBy.map(String.init) ?? "-",
                    ]
                },
                object: IncidentJSON.init
            )
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close an incident. With --erase, another erasure is added to the queue first.",
            discussion: """
                Examples:
                  dsr incidents close 3 --reason 'new account, opened by the customer'
                  dsr incidents close 3 --erase --ticket T-1
                """
        )

        @Argument(help: "The number of the incident.")
        var incident: Int64
        @Flag(help: "Add another erasure of the customer to the queue.")
        var erase = false
        @OptionGroup var justification: JustificationOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let justification = try justification.read()
            let configuration = try await options.load()
            let settings = try configuration.processor(actor: CurrentUser.name)
            let closing = try await configuration.withQueue { store in
                try await store.closeIncident(
                    incident,
                    erasing: erase,
                    because: justification,
                    by: settings.operator
                )
            }
            switch closing {
            case .notFound: throw Failure(.usage, "there is no incident \(incident)")
            case .unchanged: Terminal.out("Incident \(incident) was closed before.")
            case .subjectGone:
                throw Failure(
                    .needsAction,
                    "the identifier is no longer stored, and nothing was done; 'dsr replay' erases the customer again "
                        + "from a list of ids"
                )
            case .closed(let erasure):
                Terminal.out("Incident \(incident) is closed." + (erasure.map { " Request \($0) is pending." } ?? ""))
            }
        }
    }
}

/// An incident for programs.
private struct IncidentJSON: Encodable {
    let incident: Int64, erasure: Int64, found: [String]
    let openedAt: Date, subjectKeptUntil: Date?, closedAt: Date?, closedBy: String?, erasedBy: Int64?

    init(_ stored: Incident) {
        incident = stored.id
        erasure = stored.request
        found = stored.found
        openedAt = stored.openedAt
        subjectKeptUntil = stored.subjectKeptUntil
        closedAt = stored.closedAt
        closedBy = stored.closedBy
        erasedBy = stored.erasedBy
    }
}
