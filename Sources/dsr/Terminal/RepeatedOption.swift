/// Finds an option that is given twice. The parser takes the last one, which may not be the one that was meant.
enum RepeatedOption {
    /// The options that collect values.
    private static let lists: Set = ["--section", "--log", "--key", "--witness"]

    /// - Parameter arguments: A command line that the parser accepts, so that what begins with a hyphen is an option.
    /// - Returns: The option's name; `nil` where none is repeated.
    static func name(in arguments: [String]) -> String? {
        var seen: Set<String> = []
        for argument in arguments.prefix(while: { $0 != "--" }) where argument.wholeMatch(of: /-.+/) != nil {
            let name = argument.hasPrefix("--") ? String(argument.prefix { $0 != "=" }) : String(argument.prefix(2))
            let long = name == "-o" ? "--output" : name
            if !lists.contains(long), !seen.insert(long).inserted { return long }
        }
        return nil
    }
}
