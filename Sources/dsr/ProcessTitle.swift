import Foundation
import Glibc

/// The command line in the process table, which every user of the host can read.
enum ProcessTitle {
    /// Whether all arguments are UTF-8. Swift replaces the bytes of others, and an identifier would be another one.
    static var argumentsAreUTF8: Bool {
        (0..<Int(CommandLine.argc)).allSatisfy { position in
            CommandLine.unsafeArgv[position].map { String(validatingCString: $0) != nil } ?? true
        }
    }

    /// Returns the arguments and blanks them in the process table: one of them may be a customer's identifier.
    ///
    /// The first argument, the name of the command, stays readable.
    ///
    /// - Returns: `nil` where the system did not tell any argument, not even the program's name. A command line that is
    ///   lost must not be taken for an empty one.
    static func takeArguments() -> [String]? {
        // Swift finds the arguments relative to the start of the environment. Where a preloaded library has moved the
        // environment, Swift finds none.
        guard CommandLine.argc > 0 else { return takeArgumentsFromSystem() }
        // Linux gives a program that is started without any argument an empty one.
        guard CommandLine.arguments != [""] else { return nil }
        let arguments = Array(CommandLine.arguments.dropFirst())
        for position in 2..<max(2, Int(CommandLine.argc)) {
            guard let argument = CommandLine.unsafeArgv[position] else { continue }
            memset(argument, 0x20, strlen(argument))
        }
        return arguments
    }

    private static func takeArgumentsFromSystem() -> [String]? {
        guard let line = InputFile.read("/proc/self/cmdline"), !line.isEmpty else { return nil }
        let words = line.split(separator: 0, omittingEmptySubsequences: false).dropLast()
        let shown = words.prefix(2).reduce(0) { $0 + $1.count + 1 }
        if let start = addressOfArguments(), shown < line.count {
            let rest = UnsafeMutableRawBufferPointer(start: start + shown, count: line.count - shown)
            for index in rest.indices where rest[index] != 0 { rest[index] = 0x20 }
        }
        guard words.map(\.count) != [0] else { return nil }
        return words.dropFirst().map { String(decoding: $0, as: UTF8.self) }
    }

    /// The 48th field of `/proc/self/stat`: the address at which this process's arguments begin. The second field is the
    /// program's name in brackets, which may contain spaces.
    private static func addressOfArguments() -> UnsafeMutableRawPointer? {
        guard let stat = InputFile.read("/proc/self/stat"),
            let bracket = stat.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = stat[bracket...].dropFirst(2).split(separator: UInt8(ascii: " "))
        guard fields.count > 45, let address = UInt(String(decoding: fields[45], as: UTF8.self)) else { return nil }
        return UnsafeMutableRawPointer(bitPattern: address)
    }
}
