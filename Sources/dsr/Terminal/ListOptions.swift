import ArgumentParser

/// The options of every list: where it begins, how long it is, and its format.
struct ListOptions: ParsableArguments {
    @Option(help: ArgumentHelp("List entries after this number.", valueName: "number"))
    var after: Int64 = 0
    @Option(help: ArgumentHelp("List at most this many entries, up to 10,000.", valueName: "number"))
    var limit = 100
    @Flag(help: "Print JSON, one object per line.")
    var json = false

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 10,000") }
    }

    /// Prints a table, or one JSON object per line.
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
        for element in elements { try JSONOutput.print(object(element)) }
    }
}
