import ArgumentParser
import Foundation
import Schemas

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of a format.",
        discussion: """
            report    the report of a run: 'dsr report --json', and the file that the run delivers
            month     the report of a month: 'dsr report --month 2026-11 --json'
            export    the data of one customer, as 'dsr run' and 'dsr export' write it
            evidence  one entry of the evidence log

            The schemas are of draft 2020-12. docs/formats.md explains the members. Needs no database and no network.

            Examples:
              dsr schema report
            """
    )

    @Argument(
        help: ArgumentHelp(
            "The format: \(PublishedSchema.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "format"
        )
    )
    var format: PublishedSchema

    func run() throws {
        try OutputFile.write(format.text, to: "-", replacing: false)
    }
}
