import Foundation
import Subprocess
import TestEnvironment
import Testing

@testable import dsr

/// Random inputs for the real binary. A few are a part of every test run; `make fuzz SEED=7 ROUNDS=100` draws more.
@Suite("No input ends the program without a word", .serialized, .timeLimit(.minutes(60)))
struct FuzzTests {
    /// What the binary is started with where no database and no API is needed: both refuse every connection.
    private static let nowhere = [
        "DSR_DATABASE_URL": "postgresql://u@127.0.0.1:1/x", "DSR_DATABASE_PATIENCE_SECONDS": "0",
        "TALON_ONE_BASE_URL": "http://127.0.0.1:1", "TALON_ONE_API_KEY": "k", "TALON_ONE_ENVIRONMENT": "sandbox",
        "DSR_CALL_PATIENCE_SECONDS": "0", "DSR_RETRY_QUICK_TRIES": "1", "DSR_REPORTS_DIRECTORY": "reports",
    ]

    @Test("arguments")
    func arguments() async throws {
        let fuzz = try Fuzz.drawn()
        let words = try await CommandWords.ask()
        try await TestEnvironment.inFolder { folder in
            for number in 0..<(30 * fuzz.rounds) {
                var chance = fuzz.chance("arguments", number)
                let line = words.line(&chance)
                // Its text is the output of some.
                let ended = try await TestEnvironment.run(line, Self.nowhere, in: folder)
                fuzz.check(ended, "arguments", number, "\(line)")
            }
        }
    }

    @Test("output names of one character, each of which once ended the program")
    func shortNames() async throws {
        try await TestEnvironment.inFolder { folder in
            for name in ["x", ".", "/", "-", "é", "~", " "] {
                for words in [
                    ["export", "customer-42", "-o", name], ["evidence", "key", name],
                    ["reports", "get", "a", "-o", name],
                ] {
                    let ended = try await TestEnvironment.run(words, Self.nowhere, in: folder)
                    #expect([0, 64, 69].contains(ended.code), "\(words): \(ended.code) \(ended.err)")
                }
            }
        }
    }

    @Test("configuration files")
    func yaml() async throws {
        let fuzz = try Fuzz.drawn()
        try await TestEnvironment.inFolder { folder in
            let keys = SettingsTable.rows.flatMap(\.names).map(\.key)
            for number in 0..<(20 * fuzz.rounds) {
                var chance = fuzz.chance("yaml", number)
                let file = FuzzYAML.file(keys, &chance)
                let path = folder + "/dsr.yaml"
                try Data(file).write(to: URL(filePath: path))
                chmod(path, 0o600)
                let ended = try await TestEnvironment.run(
                    ["run", "--no-wait", "--config", path],
                    ["DSR_DATABASE_URL": Self.nowhere["DSR_DATABASE_URL"] ?? ""],
                    in: folder
                )
                fuzz.check(ended, "yaml", number, Data(file).base64EncodedString())
            }
        }
    }

    @Test("receipts: a changed one is never valid")
    func receipts() async throws {
        let fuzz = try Fuzz.drawn()
        try await TestEnvironment.withEvidence { env, keys in
            try await env.answer("a", "b", "c")
            let whole = try #require(FileManager.default.contents(atPath: try await env.receipt(of: 2)))
            let path = env.folder + "/changed"
            for number in 0..<(20 * fuzz.rounds) {
                var chance = fuzz.chance("receipt", number)
                let changed = chance.mutate(Array(whole), times: chance.number(1...3))
                guard changed != Array(whole) else { continue }
                try Data(changed).write(to: URL(filePath: path))
                let ended = try await TestEnvironment.check(path, key: keys.log)
                let input = Data(changed).base64EncodedString()
                fuzz.check(ended, "receipt", number, input)
                #expect(ended.code != 0, "a changed receipt is valid; seed \(fuzz.seed), receipt \(number): \(input)")
            }
        }
    }

    @Test("answers of the API: the run ends, every request is accounted for, and the log verifies")
    func answers() async throws {
        let fuzz = try Fuzz.drawn()
        for round in 0..<max(1, fuzz.rounds / 4) {
            let drawn = Fuzz(seed: fuzz.seed &+ UInt64(round), rounds: 1)
            let server = try await FuzzServer.start(drawn)
            let environment = [
                "TALON_ONE_BASE_URL": server.url, "DSR_CALL_TIMEOUT_SECONDS": "2", "DSR_CALL_PATIENCE_SECONDS": "5",
                "DSR_RETRY_QUICK_TRIES": "1", "DSR_RETRY_FAILURE_BUDGET": "1", "DSR_DATABASE_PATIENCE_SECONDS": "5",
            ]
            try await TestEnvironment.withEvidence(environment: environment) { env, keys in
                for number in 0..<24 {
                    let right =
                        number.isMultiple(of: 3) ? "erasure" : number.isMultiple(of: 2) ? "portability" : "access"
                    try await env.sql(
                        "insert into dsr.subject_requests (kind, integration_id) values ($1, $2)",
                        right,
                        "person-\(number)"
                    )
                }
                let ended = try await env.dsr("run", "--limit", "40")
                drawn.check(ended, "answers", round, "seed \(drawn.seed)")
                #expect(!ended.err.contains("do not agree"), "seed \(drawn.seed): \(ended.err)")
                #expect(try await env.requests("true") == 24, "seed \(drawn.seed)")
                #expect(try await env.requests("state = 'running'") == 0, "seed \(drawn.seed): \(ended.err)")
                let verified = try await env.dsr("evidence", "verify", "--key", keys.log)
                #expect(verified.code == 0, "seed \(drawn.seed): \(verified.out) \(verified.err)")
            }
            try await server.stop()
        }
    }
}
