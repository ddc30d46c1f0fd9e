import Foundation
import TestEnvironment
import Testing

@Suite("The witness")
struct WitnessTests {
    @Test("a witness signs a log that continues the one it signed before, and refuses a rewritten one")
    func witness() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            let cosign = [
                "evidence", "cosign", "--checkpoints", keys.checkpoints, "--log", keys.log, "--key-file",
                keys.witnessFile,
                "--state", env.folder + "/state",
            ]
            for name in ["a", "b"] {
                try await env.answer(name)
                #expect(
                    try await TestEnvironment.run(cosign, [:]).expect(0).out.contains("Signed: dsr.test/log at size")
                )
            }
            #expect(try await TestEnvironment.run(cosign, [:]).expect(0).out.contains("No new checkpoint"))
            try await TestEnvironment.check(env.receipt(of: 2), key: keys.log, witness: keys.witness).expect(0)
            try await env.dsr("evidence", "verify").expect(0)

            // Files of an earlier time, as after a restore, are not taken for "nothing new".
            let last = try #require(try FileManager.default.contentsOfDirectory(atPath: keys.checkpoints).max())
            try FileManager.default.moveItem(atPath: "\(keys.checkpoints)/\(last)", toPath: "\(env.folder)/\(last)")
            #expect(try await TestEnvironment.run(cosign, [:]).expect(1).err.contains("this witness has signed"))
            try FileManager.default.moveItem(atPath: "\(env.folder)/\(last)", toPath: "\(keys.checkpoints)/\(last)")

            // The operator, who has the key, rewrites the log and starts its checkpoints again.
            try FileManager.default.removeItem(atPath: keys.checkpoints)
            try await env.tamper(
                """
                update dsr.evidence_payloads set payload = convert_to(replace(convert_from(payload, 'UTF8'), 'no_data', 'exported'), 'UTF8');
                update dsr.evidence_leaves l set leaf_hash = sha256('\\x00'::bytea || p.payload) from dsr.evidence_payloads p where p.index = l.index;
                delete from dsr.evidence_tiles; delete from dsr.evidence_checkpoints
                """
            )
            try await env.dsr("evidence", "checkpoint").expect(0)
            let refused = try await TestEnvironment.run(cosign, [:]).expect(1)
            #expect(refused.err.contains("has a different root for size"))
        }
    }
}
