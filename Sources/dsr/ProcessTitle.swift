import Glibc

/// The command line, as everybody on the host can read it in the process table.
enum ProcessTitle {
    /// Takes the arguments, and blanks them where the system shows them: one of them may be a person's identifier.
    ///
    /// The first word, the verb, stays readable.
    static func takeArguments() -> [String] {
        let arguments = Array(CommandLine.arguments.dropFirst())
        for position in 2..<max(2, Int(CommandLine.argc)) {
            guard let argument = CommandLine.unsafeArgv[position] else { continue }
            memset(argument, 0x20, strlen(argument))
        }
        return arguments
    }
}
