import Foundation
import Glibc

/// The command line, as everybody on the host can read it in the process table.
enum ProcessTitle {
    /// Takes the arguments, and blanks them where the system shows them: one of them may be a person's identifier.
    ///
    /// The first word, the verb, stays readable.
    static func takeArguments() -> [String] {
        // Swift finds the arguments from where the environment begins, and finds none where a preloaded library has moved
        // it: without them a nightly run would print its help, and end well.
        guard CommandLine.argc > 0 else { return takeArgumentsFromSystem() }
        let arguments = Array(CommandLine.arguments.dropFirst())
        for position in 2..<max(2, Int(CommandLine.argc)) {
            guard let argument = CommandLine.unsafeArgv[position] else { continue }
            memset(argument, 0x20, strlen(argument))
        }
        return arguments
    }

    private static func takeArgumentsFromSystem() -> [String] {
        guard let line = FileManager.default.contents(atPath: "/proc/self/cmdline") else { return [] }
        let words = line.split(separator: 0, omittingEmptySubsequences: false).dropLast()
        let shown = words.prefix(2).reduce(0) { $0 + $1.count + 1 }
        if let start = whereArgumentsStand(), shown < line.count {
            let rest = UnsafeMutableRawBufferPointer(start: start + shown, count: line.count - shown)
            for place in rest.indices where rest[place] != 0 { rest[place] = 0x20 }
        }
        return words.dropFirst().map { String(decoding: $0, as: UTF8.self) }
    }

    /// The 48th field of `/proc/self/stat`: the address at which this process's arguments begin. The second field is the
    /// program's name in brackets, and may have spaces in it.
    private static func whereArgumentsStand() -> UnsafeMutableRawPointer? {
        guard let stat = FileManager.default.contents(atPath: "/proc/self/stat"),
            let bracket = stat.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = stat[bracket...].dropFirst(2).split(separator: UInt8(ascii: " "))
        guard fields.count > 45, let address = UInt(String(decoding: fields[45], as: UTF8.self)) else { return nil }
        return UnsafeMutableRawPointer(bitPattern: address)
    }
}
