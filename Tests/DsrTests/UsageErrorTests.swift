import TestEnvironment
import Testing

@testable import dsr

@Suite("A wrong command line is explained, and no argument is repeated")
struct UsageErrorTests {
    @Test(
        "an unknown option is not repeated, and the nearest known one is named if it is close",
        arguments: [
            (["run", "--dryrun"], " Did you mean --dry-run?"), (["run", "--limt", "3"], " Did you mean --limit?"),
            (["run", "--anna@example.com"], ""), (["run", "--xyz"], ""), (["requests", "list", "--alles"], ""),
            (["submit", "access", "x", "-anna"], ""), (["run", "--anna\nUsage: --dry-run"], ""),
        ]
    )
    func unknownOption(_ words: [String], _ suggestion: String) async throws {
        let ended = try await TestEnvironment.run(words, [:]).expect(64)
        let sentence = "Error: unknown option; its text is not repeated because it could be a customer id"
        #expect(
            ended.err.split(separator: "\n").first.map(String.init) == sentence
                + (suggestion.isEmpty ? "" : "." + suggestion)
        )
        #expect(!ended.err.contains("anna"))
        #expect(ended.err.contains("Usage: dsr"))
    }

    @Test(
        "no message of the parser repeats an argument",
        arguments: [
            ["requests", "show", "anna"], ["requests", "show", "1", "anna"], ["run", "--limit", "anna"],
            ["run", "--limit=anna"], ["run", "--json=anna"], ["anna"], ["submit", "anna", "x"],
            ["export", "x", "-oanna", "anna"], ["run", "--until", "anna's\nid"],
        ]
    )
    func silence(_ words: [String]) async throws {
        let ended = try await TestEnvironment.run(words, [:]).expect(64)
        #expect(!ended.err.contains("anna"), "\(ended.err)")
        #expect(ended.err.hasPrefix("Error: "))
    }

    @Test("the word Error is red on a terminal, unless NO_COLOR is set")
    func colour() async throws {
        for (environment, isRed) in [(["NO_COLOR": "1"], false), (["NO_COLOR": ""], true)] {
            try await TestEnvironment.with(migrated: false, environment: environment) { env in
                let ended = try await env.onTerminal("run --xyz", typing: "").expect(64)
                #expect(ended.out.contains("\u{1B}[31mError:") == isRed)
                #expect(ended.out.contains("unknown option"))
            }
        }
    }
}
