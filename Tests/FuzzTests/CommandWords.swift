import Foundation
import TestEnvironment
import Testing

/// The commands, arguments and options of the binary, as it tells them itself.
struct CommandWords: Sendable {
    /// A command with what it takes.
    struct Command: Sendable {
        let path: [String]
        let positionals: Int
        /// Options with a value, and flags.
        let options: [String], flags: [String]
    }

    let commands: [Command]

    static func ask() async throws -> CommandWords {
        let help = try await TestEnvironment.run(["--experimental-dump-help"], [:]).expect(0)
        let root = try JSONDecoder().decode(Help.self, from: Data(help.out.utf8)).command
        var found: [Command] = []
        func add(_ node: Help.Node, _ path: [String]) {
            let arguments = node.arguments ?? []
            func names(_ kind: String) -> [String] {
                arguments.filter { $0.kind == kind }.flatMap { $0.names ?? [] }
                    .map { ($0.kind == "short" ? "-" : "--") + $0.name }
            }
            found.append(
                Command(
                    path: path,
                    positionals: arguments.count { $0.kind == "positional" },
                    options: names("option"),
                    flags: names("flag")
                )
            )
            for below in node.subcommands ?? [] { add(below, path + [below.commandName]) }
        }
        // These two do not end on their own.
        for node in root.subcommands ?? [] where !["sandbox", "demo"].contains(node.commandName) {
            add(node, [node.commandName])
        }
        return CommandWords(commands: found)
    }

    private struct Help: Decodable {
        let command: Node

        struct Node: Decodable {
            let commandName: String
            let arguments: [Argument]?
            let subcommands: [Node]?
        }

        struct Argument: Decodable {
            let kind: String
            let names: [Name]?
        }

        struct Name: Decodable {
            let kind: String, name: String
        }
    }

    /// A command line.
    func line(_ chance: inout Chance) -> [String] {
        let command = chance.one(of: commands)
        var words = command.path
        for _ in 0..<max(0, command.positionals + (chance.once(in: 4) ? chance.number(-1...1) : 0)) {
            words.append(value(&chance))
        }
        for _ in 0..<chance.number(0...5) {
            switch chance.number(1...10) {
            case 1...6 where !command.options.isEmpty:
                let option = chance.one(of: command.options)
                words += chance.once(in: 5) ? ["\(option)=\(value(&chance))"] : [option, value(&chance)]
            case 7...8 where !command.flags.isEmpty: words.append(chance.one(of: command.flags))
            case 9: words.append(value(&chance))
            default: if !words.isEmpty { words.remove(at: chance.number(0...(words.count - 1))) }
            }
        }
        if chance.once(in: 10) { words.shuffle(using: &chance) }
        // An argument ends at NUL, and the system passes none longer than 128 KiB.
        return words.map { $0.replacing("\0", with: "") }
    }

    private func value(_ chance: inout Chance) -> String {
        switch chance.number(1...6) {
        case 1: return Fuzz.canary
        case 2: return chance.one(of: Self.values)
        case 3: return chance.one(of: Chance.special)
        case 4: return String(chance.number(-3...3))
        case 5:
            return String(
                decoding: chance.mutate(Array(chance.one(of: Self.values).utf8), times: chance.number(1...3)),
                as: UTF8.self
            )
        default: return String(UnicodeScalar(UInt8(chance.number(33...126))))
        }
    }

    /// Paths stay in the folder of the test, or cannot be written.
    private static let values = [
        "x", "-", "./x", "x/", "a/b", "/", ".", "..", "/dev/null", "/nonexistent/x", "/proc/self/mem", "customer-42",
        "access", "erasure",
        "portability", "rectification", "2026-02-29", "2024-02-29T00:00:00Z", "1970-01-01T00:00:00Z", "T-1", "{}",
        #"{"a":1}"#,
        #"{"a":{"b":[1,2]}}"#, "dsr.test/log+00000000+AAAA", "live", "sandbox", "log", "subject", "witness", "06:00",
        "7d",
        "postgresql://u:p@127.0.0.1:1/x", "legal_obligation", "true", "1e3", "٣", "file.json", "pending",
    ]
}
