import ArgumentParser
import Foundation

/// What every list takes: where it begins, how long it is, and for whom it is printed.
struct ListOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Begin after this number.", valueName: "number"))
    var after: Int64 = 0
    @Option(help: "How many at most, up to 10,000.")
    var limit = 100
    @Flag(help: "Print JSON, one object a line.")
    var json = false

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit goes from 1 to 10,000") }
    }

    /// Prints a list: a table, or an object a line.
    func print<Element>(
        _ elements: [Element],
        headings: [String],
        row: (Element) -> [String],
        object: (Element) -> some Encodable
    ) throws {
        guard json else {
            var table = Table(headings)
            table.rows = elements.map(row)
            return table.print()
        }
        let encoder = RequestJSON.encoder(pretty: false)
        for element in elements {
            Terminal.out(String(decoding: try encoder.encode(object(element)), as: UTF8.self))
        }
    }
}
