import Foundation
import SubjectRequests
package import TalonOneSandbox
package import ThrowawayPostgres

extension TestEnvironment {
    /// The keys that sign the evidence, and where its checkpoints are filed.
    package struct Keys: Sendable {
        /// Verifier keys.
        package let log: String, witness: String
        package let logFile: String, witnessFile: String, checkpoints: String

        /// The checkpoint files, in the order of their sizes, and the folders of those that were set aside.
        package func checkpointFiles() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: checkpoints).filter { !$0.hasPrefix(".") }
                .sorted()
                .map { checkpoints + "/" + $0 }
        }
    }

    /// An environment that signs its evidence.
    package static func withEvidence(
        _ settings: SandboxSettings = SandboxSettings(),
        on server: ThrowawayPostgres? = nil,
        environment: [String: String] = [:],
        _ body: @Sendable (TestEnvironment, Keys) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        func key(_ kind: String, _ name: String) async throws -> String {
            let made = try await run(
                ["evidence", "key", "\(folder.path)/\(kind).key", "--kind", kind, "--name", name],
                [:]
            )
            return try made.expect(0).out.trimmingCharacters(in: .newlines)
        }
        let keys = Keys(
            log: try await key("log", "dsr.test/log"),
            witness: try await key("witness", "witness.test"),
            logFile: "\(folder.path)/log.key",
            witnessFile: "\(folder.path)/witness.key",
            checkpoints: "\(folder.path)/checkpoints"
        )
        _ = try await key("subject", "unused")
        let environment = environment.merging([
            "DSR_EVIDENCE_KEY_FILE": "\(folder.path)/log.key", "DSR_EVIDENCE_DIRECTORY": keys.checkpoints,
            "DSR_SUBJECT_KEY_FILE": "\(folder.path)/subject.key",
        ]) { given, _ in given }
        try await with(settings, on: server, environment: environment) { env in try await body(env, keys) }
    }

    /// Answers access requests of customers that do not exist, in one run.
    package func answer(_ customers: String...) async throws {
        try await submit(customers.map { (.access, $0) })
        try await dsr("run").expect(0)
    }

    /// Writes the receipt of a request.
    ///
    /// - Returns: The file.
    package func receipt(of request: Int) async throws -> String {
        let file = folder + "/receipt-\(request).tlog-proof"
        try await dsr("evidence", "receipt", "\(request)", "--output", file).expect(0)
        return file
    }

    /// Checks a receipt as its recipient does, who has the file and the key and nothing else.
    package static func check(_ receipt: String, key: String, witness: String? = nil) async throws -> Ended {
        let witnesses = witness.map { ["--witness", $0] } ?? []
        return try await run(["evidence", "check", receipt, "--key", key] + witnesses, [:])
    }
}
