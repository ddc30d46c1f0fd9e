import Foundation
package import ThrowawayPostgres

extension House {
    /// Keys and folders of a test's evidence.
    package struct Keys: Sendable {
        package let log: String, witness: String, witnessFile: String, directory: String
    }

    /// A house that signs its evidence.
    package static func withEvidence(
        on server: ThrowawayPostgres? = nil,
        environment: [String: String] = [:],
        _ body: @Sendable (House, Keys) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/dsr-test-keys-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func key(_ kind: String, _ name: String) async throws -> String {
            try await run(["evidence", "key", "\(folder)/\(kind).key", "--kind", kind, "--name", name], [:]).expect(0)
                .out
                .trimmingCharacters(in: .newlines)
        }
        let keys = Keys(
            log: try await key("log", "dsr.test/log"),
            witness: try await key("witness", "witness.test"),
            witnessFile: "\(folder)/witness.key",
            directory: "\(folder)/checkpoints"
        )
        _ = try await key("subject", "unused")
        let environment = environment.merging([
            "DSR_EVIDENCE_KEY_FILE": "\(folder)/log.key", "DSR_EVIDENCE_DIRECTORY": keys.directory,
            "DSR_SUBJECT_KEY_FILE": "\(folder)/subject.key",
        ]) { given, _ in given }
        try await with(on: server, environment: environment) { house in try await body(house, keys) }
    }

    /// Several statements on one connection.
    package func script(_ text: String) async throws {
        let ended = try await Self.psql(text, database)
        guard ended.code == 0 else { throw Unexpected(description: ended.err) }
    }

    package func psql(_ text: String, as role: String) async throws -> Ended {
        try await Self.psql(text, database.replacingOccurrences(of: "user=postgres", with: "user=\(role)"))
    }
}
