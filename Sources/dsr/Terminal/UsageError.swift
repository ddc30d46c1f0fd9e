/// What the argument parser says about a command line, without the text of any argument: it may be a customer id.
enum UsageError {
    /// - Parameters:
    ///   - message: The parser's full message: what is wrong, and the usage.
    ///   - arguments: The command line.
    /// - Returns: The message without its `Error: `.
    static func text(of message: String, for arguments: [String]) -> String {
        let problem = message.hasPrefix("Error: ") ? String(message.dropFirst("Error: ".count)) : message
        guard problem.hasPrefix("Unknown option '") else { return hiding(arguments, in: problem) }
        let usage = message.ranges(of: "\nUsage: ").last.map { message[$0.lowerBound...] } ?? ""
        return "unknown option; its text is not repeated because it could be a customer id" + suggestion(in: problem)
            + usage
    }

    private static func suggestion(in problem: String) -> String {
        let quoted = /Unknown option '(.*?)'\. Did you mean '(--[a-z-]+)'\?/.dotMatchesNewlines()
        // The parser suggests any option within three edits, however short its name.
        guard let found = problem.prefixMatch(of: quoted)?.output,
            let nearest = NearestName.to(String(found.1), in: [String(found.2)])
        else { return "" }
        return ". Did you mean \(nearest)?"
    }

    /// The parser quotes an argument, or what follows the equals sign in it.
    private static func hiding(_ arguments: [String], in text: String) -> String {
        arguments.reduce(text) { text, argument in
            let value = argument.hasPrefix("-") ? argument.split(separator: "=", maxSplits: 1).dropFirst().first : nil
            return [argument, value.map(String.init) ?? ""].filter { !$0.isEmpty }.reduce(text) { text, part in
                text.replacing("'\(part)'", with: "(text not repeated)")
            }
        }
    }
}
