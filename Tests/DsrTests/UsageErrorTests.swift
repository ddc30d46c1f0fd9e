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

    @Test(
        "an option that is given twice is refused, since one of its values would be ignored",
        arguments: [
            (["run", "--config", "a", "--config=b"], "--config"), (["run", "--limit", "1", "--limit", "2"], "--limit"),
            (["export", "x", "-o", "a", "--output", "b"], "--output"),
            (["erase", "x", "--ticket", "A-1", "--yes", "--ticket", "A-2"], "--ticket"),
        ]
    )
    func repeated(_ words: [String], _ name: String) async throws {
        let ended = try await TestEnvironment.run(words, [:]).expect(64)
        #expect(ended.err == "Error: \(name) is given more than once; nothing was done. Give it once\n")
    }

    @Test("an option that collects values may be given again, and so may an id that looks like one")
    func collected() {
        #expect(RepeatedOption.name(in: ["check", "--key", "a", "--key", "b", "-", "-"]) == nil)
        #expect(RepeatedOption.name(in: ["export", "--output", "a", "--", "--output"]) == nil)
    }

    @Test("an empty --config is refused, and is not taken for none")
    func emptyConfig() async throws {
        #expect(
            try await TestEnvironment.run(["run", "--config", ""], [:]).expect(64).err.contains("--config is empty")
        )
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
