import ArgumentParser
import Foundation
import TestEnvironment
import Testing

@testable import dsr

@Suite("Every command explains itself, and its examples work")
struct HelpTests {
    /// Each command and subcommand, with the words that lead to it.
    private static let commands = walk(Dsr.self, ["dsr"])

    private static func walk(
        _ command: any ParsableCommand.Type,
        _ words: [String]
    ) -> [(words: [String], type: any ParsableCommand.Type)] {
        [(words, command)]
            + command.configuration.subcommands.flatMap { walk($0, words + [$0._commandName]) }
    }

    @Test("each command has at least one example of itself, and the parser understands it")
    func examples() throws {
        for command in Self.commands {
            let discussion = command.type.configuration.discussion
            let start = try #require(discussion.range(of: "Examples:\n"), "\(command.words)")
            let text = discussion[start.upperBound...]
            #expect(text.split(separator: "\n").allSatisfy { $0.count < 80 }, "\(command.words)")
            let examples = text.replacing("\\\n", with: "").split(separator: "\n")
                .map { $0.trimmingCharacters(in: .whitespaces) }
            #expect(!examples.isEmpty, "\(command.words)")
            for example in examples {
                var words = Self.words(of: example)
                let start = try #require(words.firstIndex(of: "dsr"), "\(example)")
                words = Array(words[start...])
                #expect(words.starts(with: command.words), "\(example)")
                #expect(throws: Never.self, "\(example)") { _ = try Dsr.parseAsRoot(Array(words.dropFirst())) }
            }
        }
    }

    @Test(
        "help and version are answers on standard output, and no errors",
        arguments: [
            (["--help"], "USAGE: dsr"), (["help", "run"], "USAGE: dsr run"),
            (["run", "-h"], "USAGE: dsr run"), (["--version"], Version.current),
        ]
    )
    func answers(_ words: [String], _ text: String) async throws {
        let ended = try await TestEnvironment.run(words, [:]).expect(0)
        #expect(ended.out.contains(text))
        #expect(ended.err.isEmpty)
    }

    @Test(
        "a command line without a command is wrong usage, and its help is no result",
        arguments: [([], "USAGE: dsr"), (["requests"], "USAGE: dsr requests"), (["evidence"], "USAGE: dsr evidence")]
    )
    func noCommand(_ words: [String], _ text: String) async throws {
        let ended = try await TestEnvironment.run(words, [:]).expect(64)
        #expect(ended.out.isEmpty)
        #expect(ended.err.contains(text) && ended.err.contains("no command is given"))
    }

    @Test("help calls the customer a customer and the operator an operator, and uses no inner words")
    func words() throws {
        let inner = try Regex(#"\b(person|persons|people|somebody|whoever|leaf|payload|payloads|heads?)\b"#)
        for command in Self.commands {
            let help = Dsr.helpMessage(for: command.type, columns: 1_000).lowercased()
            #expect(help.firstMatch(of: inner) == nil, "\(command.words)")
        }
    }

    /// The words of a command line as a shell sees them; quotes are single and whole.
    private static func words(of line: String) -> [String] {
        line.split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
            index.isMultiple(of: 2) ? part.split(separator: " ").map(String.init) : [String(part)]
        }
    }
}
